/** A diff in the unified form, its lines in colours. */
export function UnifiedDiff({ text }: { text: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <pre class="unified-diff" tabIndex={0}>
      {text.split('\n').map((line, at) => (
        <span key={at} class={classOf(line)}>
          {`${line}\n`}
        </span>
      ))}
    </pre>
  );
}

function classOf(line: string): string | undefined {
  if (line.startsWith('+++') || line.startsWith('---') || line.startsWith('@@')) return 'is-place';
  if (line.startsWith('+')) return 'is-added';
  if (line.startsWith('-')) return 'is-removed';
  return undefined;
}
