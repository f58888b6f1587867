import { parseValue } from '../../api/columns';
import type { RawHistogram } from '../../api/types';
import { formatValue } from '../../format/units';
import { bucketsOf } from './histogram';
import { text } from './text';

const width = 120;
const height = 18;

/** A native histogram in a line: its shape, count, sum and mean; the buckets as the tooltip. */
export function HistogramCell({ histogram }: { histogram: RawHistogram }) {
  const buckets = bucketsOf(histogram);
  const most = Math.max(...buckets.map(({ count }) => count), 0);
  const mean = parseValue(histogram.sum) / parseValue(histogram.count);
  const barWidth = width / Math.max(1, buckets.length);
  const lines = buckets.map(
    ({ lower, upper, count }) => `${formatValue(lower, 'short')} – ${formatValue(upper, 'short')}: ${count}`,
  );
  return (
    <span class="histogram-cell" title={lines.join('\n')}>
      {text.value.table.histogram(
        formatValue(parseValue(histogram.count), 'short'),
        formatValue(parseValue(histogram.sum), 'short'),
        formatValue(mean, 'short'),
      )}
      <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
        {buckets.map(({ lower, count }, i) => {
          const tall = most > 0 ? Math.max(1, (count / most) * height) : 0;
          return (
            <rect
              key={lower}
              x={i * barWidth}
              y={height - tall}
              width={Math.max(0.5, barWidth - 0.5)}
              height={tall}
            />
          );
        })}
      </svg>
    </span>
  );
}
