import './transformations.css';
import { useSignal } from '@preact/signals';
import { Select } from '../../../../components/field';
import type { Field, Frame } from '../../../../frame/frame';
import { text } from './text';

const mostRows = 200;

/** Frames as plain tables: what a query answered, or what a transformation made of it. */
export function FrameTable({ frames, timeZone }: { frames: readonly Frame[]; timeZone: string }) {
  const chosen = useSignal(0);
  const frame = frames[Math.min(chosen.value, frames.length - 1)];
  if (!frame || frame.fields.length === 0) return <p class="frame-table-note">{text.value.noData}</p>;
  const rows = Math.min(mostRows, frame.length);
  return (
    <div class="transform-rows">
      {frames.length > 1 && (
        <Select
          label={text.value.queries}
          hideLabel
          value={String(Math.min(chosen.value, frames.length - 1))}
          choices={frames.slice(0, 500).map((one, at) => ({ value: String(at), label: frameName(one, at) }))}
          onChange={(at) => {
            chosen.value = Number(at);
          }}
        />
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <div class="frame-table" tabIndex={0}>
        <table>
          <thead>
            <tr>
              {frame.fields.map((field, at) => (
                <th key={at} scope="col" title={fieldName(field)}>
                  {fieldName(field)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {Array.from({ length: rows }, (_, row) => (
              <tr key={row}>
                {frame.fields.map((field, at) => (
                  <td key={at} class={field.type === 'number' ? 'is-number' : undefined}>
                    {cellText(field, row, timeZone)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="frame-table-note">{text.value.rowsOf(rows, frame.length)}</p>
    </div>
  );
}

function frameName(frame: Frame, at: number): string {
  const named = frame.name ?? frame.fields.map((field) => field.state?.displayName).find((name) => name);
  const value = frame.fields.find(({ type }) => type !== 'time');
  return `${frame.refId ?? at + 1}: ${named ?? (value ? fieldName(value) : at + 1)}`;
}

export function fieldName(field: Field): string {
  if (field.state?.displayName) return field.state.displayName;
  const own = field.config.displayName ?? field.config.displayNameFromDS;
  if (own) return own;
  const labels = Object.entries(field.labels ?? {});
  if (labels.length === 0) return field.name;
  return `${field.name} {${labels.map(([name, value]) => `${name}="${value}"`).join(', ')}}`;
}

function cellText(field: Field, row: number, timeZone: string): string {
  const value = field.values[row];
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') {
    if (Number.isNaN(value)) return '';
    if (field.type !== 'time') return String(value);
    const zone =
      timeZone === 'browser' || timeZone === '' ? undefined : timeZone === 'utc' ? 'UTC' : timeZone;
    const moment = new Date(value);
    return Number.isNaN(moment.getTime()) ? '' : moment.toLocaleString(undefined, { timeZone: zone });
  }
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
