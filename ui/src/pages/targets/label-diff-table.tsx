import './label-diff-table.css';
import type { Labels } from '../../api/types';
import { diffLabels, type LabelChange, type LabelDifference } from './label-diff';
import { text } from './text';

const signs: Record<LabelChange, string> = { same: '', changed: '~', added: '+', removed: '−' };

/** Labels as discovered beside what became of them; internal ones folded away. */
export function LabelDiffTable({ before, after }: { before: Labels; after: Labels }) {
  const differences = diffLabels(before, after);
  const stored = differences.filter(({ isInternal }) => !isInternal);
  const internal = differences.filter(({ isInternal }) => isInternal);
  const words = text.value.labels;
  return (
    <section class="label-diff" aria-label={words.title}>
      <h3>{words.title}</h3>
      {stored.length > 0 && <Differences items={stored} />}
      {internal.length > 0 && (
        <details>
          <summary>
            {words.internal(internal.length)} <span class="label-diff-hint">{words.internalHint}</span>
          </summary>
          <Differences items={internal} />
        </details>
      )}
    </section>
  );
}

function Differences({ items }: { items: readonly LabelDifference[] }) {
  const words = text.value.labels;
  return (
    <div class="label-diff-scroll">
      <table class="label-diff-table">
        <thead>
          <tr>
            <th scope="col">
              <span class="visually-hidden">{words.changed}</span>
            </th>
            <th scope="col">{words.name}</th>
            <th scope="col">{words.before}</th>
            <th scope="col">{words.after}</th>
          </tr>
        </thead>
        <tbody>
          {items.map(({ name, change, before, after, isInternal }) => {
            // An internal label vanishes by rule: that is no finding.
            const shown = isInternal && change === 'removed' ? 'same' : change;
            return (
              <tr key={name} class={`is-${shown}`}>
                <td title={words[shown]}>
                  <span aria-hidden="true">{signs[shown]}</span>
                  <span class="visually-hidden">{words[shown]}</span>
                </td>
                <th scope="row">{name}</th>
                <Value value={before} />
                <Value value={after} />
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function Value({ value }: { value: string | undefined }) {
  if (value === undefined) return <td class="is-absent">{text.value.labels.absent}</td>;
  return <td>{value === '' ? '""' : value}</td>;
}
