/** The id in `12`, or in `panel-12` as newer links have it. */
export function panelNumber(value: string | null): number | null {
  const found = /^(?:panel-)?(\d+)$/.exec(value ?? '');
  return found ? Number(found[1]) : null;
}
