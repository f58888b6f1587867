import { formatValue } from '../../format/units';

/** `12,345`; millions and more are rounded. */
export function formatCount(value: number): string {
  return value < 1e6 ? value.toLocaleString('en') : formatValue(value, 'short');
}
