/** Monopod's mark: a lens on one leg. The same drawing as public/favicon.svg. */
export function Mark({ size = 24 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" fill="none" aria-hidden="true" class="mark">
      <rect width="32" height="32" rx="8" class="mark-tile" />
      <circle cx="16" cy="11" r="5.5" class="mark-lens" stroke-width="3" />
      <path d="M16 16.5V26M11.5 26.5h9" class="mark-leg" stroke-width="2.75" stroke-linecap="round" />
    </svg>
  );
}
