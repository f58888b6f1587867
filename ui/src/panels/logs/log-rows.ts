import { cellOf } from '../../frame/columns';
import type { Field, Frame } from '../../frame/frame';

export type LogLevel = 'critical' | 'error' | 'warning' | 'info' | 'debug' | 'trace' | 'unknown';

export type LogRow = {
  key: string;
  /** Milliseconds; NaN where the source has no time. */
  time: number;
  line: string;
  level: LogLevel;
  labels: Record<string, string>;
  /** How many of the same were left out after it. */
  duplicates: number;
};

const names: readonly [pattern: RegExp, level: LogLevel][] = [
  [/^(emerg|emergency|fatal|alert|crit|critical|panic|f)$/i, 'critical'],
  [/^(err|eror|error|e|severe)$/i, 'error'],
  [/^(warn|warning|w)$/i, 'warning'],
  [/^(info|information|informational|notice|i)$/i, 'info'],
  [/^(debug|dbug|d|fine)$/i, 'debug'],
  [/^(trace|t|finest|verbose)$/i, 'trace'],
];

export function levelNamed(name: string): LogLevel | undefined {
  return names.find(([pattern]) => pattern.test(name.trim()))?.[1];
}

const keyed = /(?:^|[\s,{"])(?:level|lvl|severity|loglevel)["']?\s*[=:]\s*["']?([a-z]+)/i;
const bare =
  /\b(emerg(?:ency)?|fatal|panic|alert|crit(?:ical)?|err(?:or)?|warn(?:ing)?|info|notice|debug|trace)\b/i;

/** As labels say, else as the line itself does. */
export function levelOf(line: string, labels: Record<string, string>, own: unknown): LogLevel {
  for (const given of [own, labels.detected_level, labels.level, labels.severity, labels.lvl]) {
    const level = typeof given === 'string' ? levelNamed(given) : undefined;
    if (level) return level;
  }
  // Long lines name their level early, if at all.
  const start = line.slice(0, 400);
  const found = keyed.exec(start)?.[1] ?? bare.exec(start)?.[1];
  return (found && levelNamed(found)) || 'unknown';
}

function fieldNamed(frame: Frame, wanted: readonly string[], type?: Field['type']): Field | undefined {
  return frame.fields.find(
    (field) => wanted.includes(field.name.toLowerCase()) && (type === undefined || field.type === type),
  );
}

function labelsIn(cell: unknown): Record<string, string> {
  let value = cell;
  if (typeof cell === 'string' && cell.startsWith('{')) {
    try {
      value = JSON.parse(cell);
    } catch {
      return {};
    }
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([key, text]) => [key, String(text)]));
}

/** The lines of all frames that have some. Fields besides time and line are labels, too. */
export function logRows(frames: readonly Frame[]): LogRow[] {
  const rows: LogRow[] = [];
  frames.forEach((frame, frameIndex) => {
    const body =
      fieldNamed(frame, ['line', 'body', 'message', 'log', 'msg'], 'string') ??
      frame.fields.find(
        ({ type, name }) =>
          type === 'string' && !['id', 'tsns', 'labels', 'level'].includes(name.toLowerCase()),
      );
    if (!body) return;
    const time = frame.fields.find(({ type }) => type === 'time');
    const level = fieldNamed(frame, ['severity', 'level', 'detected_level']);
    const labels = fieldNamed(frame, ['labels', 'attributes']);
    const used = new Set([body, time, labels, fieldNamed(frame, ['id']), fieldNamed(frame, ['tsns'])]);
    const others = frame.fields.filter((field) => !used.has(field));
    for (let row = 0; row < frame.length; row++) {
      const line = String(cellOf(body, row) ?? '');
      const own: Record<string, string> = {
        ...body.labels,
        ...(labels ? labelsIn(cellOf(labels, row)) : {}),
      };
      for (const field of others) {
        const cell = cellOf(field, row);
        if (cell !== null) own[field.name] = typeof cell === 'object' ? JSON.stringify(cell) : String(cell);
      }
      rows.push({
        key: `${frameIndex}/${row}`,
        time: time ? (time.values[row] as number) : Number.NaN,
        line,
        level: levelOf(line, own, level && cellOf(level, row)),
        labels: own,
        duplicates: 0,
      });
    }
  });
  return rows;
}

export type Dedup = 'none' | 'exact' | 'numbers' | 'signature';

function dedupKey(line: string, how: Dedup): string {
  if (how === 'numbers') return line.replace(/\d+/g, '');
  return how === 'signature' ? line.replace(/\w/g, '') : line.replace(/\d{4}-\d\d-\d\dT[\d:.,Z+-]+/g, '');
}

/** In time order; neighbours that are the same become one. */
export function arrangeLogs(
  rows: readonly LogRow[],
  order: 'Ascending' | 'Descending',
  how: Dedup,
): LogRow[] {
  const sign = order === 'Ascending' ? 1 : -1;
  const sorted = rows
    .map((row, index) => ({ row, index }))
    .sort((a, b) => sign * (a.row.time - b.row.time) || a.index - b.index)
    .map(({ row }) => row);
  if (how === 'none') return sorted;
  const kept: LogRow[] = [];
  for (const row of sorted) {
    const last = kept.at(-1);
    if (last && dedupKey(last.line, how) === dedupKey(row.line, how)) {
      kept[kept.length - 1] = { ...last, duplicates: last.duplicates + 1 };
    } else kept.push(row);
  }
  return kept;
}

/** Labels that all rows have alike say nothing about one of them. */
export function commonLabels(rows: readonly LogRow[]): Record<string, string> {
  const [first, ...rest] = rows;
  if (!first) return {};
  return Object.fromEntries(
    Object.entries(first.labels).filter(([name, value]) =>
      rest.every(({ labels }) => labels[name] === value),
    ),
  );
}

export function uniqueLabels({ labels }: LogRow, common: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !(name in common)));
}

/** Indented where the line is JSON. */
export function prettyLine(line: string): string {
  if (!/^\s*[[{]/.test(line)) return line;
  try {
    return JSON.stringify(JSON.parse(line), null, 2);
  } catch {
    return line;
  }
}

const escapes = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*[A-Za-z]`, 'g');

/** Without the colours that programs write for terminals. */
export function withoutEscapes(line: string): string {
  return line.includes(String.fromCharCode(27)) ? line.replace(escapes, '') : line;
}
