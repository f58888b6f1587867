import type { Frame } from '../frame/frame';
import { formatDateTime } from '../time/zone';

/** Frames as CSV, an empty line between them. Times are those of the clock in the zone. */
export function framesToCsv(frames: readonly Frame[], timeZone: string): string {
  return frames
    .filter(({ fields }) => fields.length > 0)
    .map((frame) => {
      const head = frame.fields.map((field) => quoted(field.state?.displayName ?? field.name)).join(',');
      const lines: string[] = [head];
      for (let row = 0; row < frame.length; row++) {
        const cells = frame.fields.map((field) => {
          const value: unknown = field.values[row];
          if (value === null || value === undefined || (typeof value === 'number' && Number.isNaN(value)))
            return '';
          if (field.type === 'time') return formatDateTime(Number(value) / 1000, timeZone);
          if (field.type === 'number') return String(value);
          return quoted(typeof value === 'object' ? JSON.stringify(value) : String(value));
        });
        lines.push(cells.join(','));
      }
      return lines.join('\r\n');
    })
    .join('\r\n\r\n');
}

/** Quoted where it must be; what a spreadsheet would take for a formula becomes text. */
function quoted(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
