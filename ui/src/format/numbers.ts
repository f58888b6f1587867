/** Decimals that show about three significant digits; none for whole numbers. */
export function automaticDecimals(value: number): number {
  if (value === 0 || value % 1 === 0) return 0;
  return Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
}

/** Rounded half up, with trailing zeros to `decimals`; exponents from 1e21 on and below 1e-6, as JavaScript writes them. */
export function decimalText(value: number, decimals?: number | null): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : '-∞';
  const places = Math.max(0, Math.min(100, decimals ?? automaticDecimals(value)));
  if (value === 0) return (0).toFixed(places);
  const factor = 10 ** places;
  const rounded = String(Math.round(value * factor) / factor);
  if (rounded.includes('e')) return rounded;
  const point = rounded.indexOf('.');
  const present = point < 0 ? 0 : rounded.length - point - 1;
  if (present >= places) return rounded;
  return (present === 0 ? `${rounded}.` : rounded) + '0'.repeat(places - present);
}
