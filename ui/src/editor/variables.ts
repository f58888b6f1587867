/**
 * Grafana's range variables, which people paste along with their queries:
 * `$__interval`, `$__rate_interval`, `$__range`, each also in braces and as
 * `_s` and `_ms` numbers.
 */
const variable = /\$(?:\{(__[a-z_]+)\}|(__(?:rate_interval|interval|range)(?:_ms|_s)?)(?![a-z_]))/g;

export type VariableSeconds = { interval: number; rate_interval: number; range: number };

export function fillVariables(expr: string, seconds: VariableSeconds): string {
  return expr.replace(variable, (whole, braced?: string, bare?: string) => {
    const match = /^__(rate_interval|interval|range)(_ms|_s)?$/.exec(braced ?? bare ?? '');
    if (!match) return whole;
    const value = seconds[match[1] as keyof VariableSeconds];
    if (match[2] === '_ms') return String(Math.round(value * 1000));
    if (match[2] === '_s') return String(Math.round(value));
    return value < 1 ? `${Math.round(value * 1000)}ms` : `${Math.round(value)}s`;
  });
}

/** The same text with every variable replaced by a duration of equal length, so that positions stay. */
export function maskVariables(expr: string): string {
  return expr.replace(variable, (whole) => `${'1'.padStart(whole.length - 1, '0')}s`);
}
