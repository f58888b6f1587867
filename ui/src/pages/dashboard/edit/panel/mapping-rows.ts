import type { MappingResult, ValueMapping } from '../../../../dashboard/model';

/**
 * A value mapping as one row of the form. Grafana keeps all single values in
 * one mapping with a key for each; the form shows them one by one.
 */
export type MappingRow =
  | { type: 'value'; match: string; result: MappingResult }
  | { type: 'range'; from: number | null; to: number | null; result: MappingResult }
  | { type: 'regex'; pattern: string; result: MappingResult }
  | { type: 'special'; match: SpecialMatch; result: MappingResult };

export type SpecialMatch = 'true' | 'false' | 'null' | 'nan' | 'null+nan' | 'empty';

export const specialMatches: readonly SpecialMatch[] = ['null', 'nan', 'null+nan', 'true', 'false', 'empty'];

export function rowsOf(mappings: readonly ValueMapping[] | undefined): MappingRow[] {
  const rows = (mappings ?? []).flatMap((mapping): MappingRow[] => {
    switch (mapping.type) {
      case 'value':
        return Object.entries(mapping.options).map(([match, result]) => ({ type: 'value', match, result }));
      case 'range':
        return [
          {
            type: 'range',
            from: mapping.options.from,
            to: mapping.options.to,
            result: mapping.options.result,
          },
        ];
      case 'regex':
        return [{ type: 'regex', pattern: mapping.options.pattern, result: mapping.options.result }];
      case 'special':
        return [{ type: 'special', match: mapping.options.match, result: mapping.options.result }];
      default:
        return [];
    }
  });
  const place = (row: MappingRow) => row.result.index ?? Number.MAX_SAFE_INTEGER;
  return rows
    .map((row, at) => ({ row, at }))
    .sort((a, b) => place(a.row) - place(b.row) || a.at - b.at)
    .map(({ row }) => row);
}

/** The other way; each result knows its place in the order. */
export function mappingsOf(rows: readonly MappingRow[]): ValueMapping[] {
  const mappings: ValueMapping[] = [];
  const values: Record<string, MappingResult> = {};
  rows.forEach((row, index) => {
    const result = { ...row.result, index };
    switch (row.type) {
      case 'value':
        if (row.match !== '' && Object.keys(values).length === 0) {
          mappings.push({ type: 'value', options: values });
        }
        if (row.match !== '') values[row.match] = result;
        break;
      case 'range':
        mappings.push({ type: 'range', options: { from: row.from, to: row.to, result } });
        break;
      case 'regex':
        mappings.push({ type: 'regex', options: { pattern: row.pattern, result } });
        break;
      case 'special':
        mappings.push({ type: 'special', options: { match: row.match, result } });
    }
  });
  return mappings;
}

export function newRow(type: MappingRow['type']): MappingRow {
  const result = { text: '' };
  switch (type) {
    case 'value':
      return { type, match: '', result };
    case 'range':
      return { type, from: null, to: null, result };
    case 'regex':
      return { type, pattern: '', result };
    case 'special':
      return { type, match: 'null', result };
  }
}
