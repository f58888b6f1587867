import './repeat-options.css';
import { Segmented } from '../../../../components/button';
import { Select } from '../../../../components/field';
import type { Panel, Variable } from '../../../../dashboard/model';
import { NumberInput } from '../form/inputs';
import { text } from './text';

export type ChangePanel = (label: string, change: (panel: Panel) => Panel) => void;

/** A panel, or a row, once for each value of a variable. */
export function RepeatOptions({
  panel,
  variables,
  onChange,
}: {
  panel: Panel;
  variables: readonly Variable[];
  onChange: ChangePanel;
}) {
  const words = text.value;
  const names = variables
    .filter(({ type }) => type !== 'adhoc' && type !== 'constant')
    .map(({ name }) => name);
  if (panel.repeat && !names.includes(panel.repeat)) names.push(panel.repeat);
  return (
    <div class="repeat-options">
      <Select
        label={words.repeatBy}
        value={panel.repeat ?? ''}
        choices={[
          { value: '', label: words.noRepeat },
          ...names.map((name) => ({ value: name, label: name })),
        ]}
        onChange={(name) =>
          onChange(words.repeatBy, ({ repeat: _, repeatDirection, ...rest }) =>
            name === ''
              ? rest
              : {
                  ...rest,
                  repeat: name,
                  ...(rest.type !== 'row' && { repeatDirection: repeatDirection ?? 'h' }),
                },
          )
        }
      />
      {panel.repeat && panel.type !== 'row' && (
        <>
          <Segmented
            label={words.repeatDirection}
            value={panel.repeatDirection ?? 'h'}
            choices={[
              { value: 'h', label: words.horizontal },
              { value: 'v', label: words.vertical },
            ]}
            onChange={(repeatDirection) =>
              onChange(words.repeatDirection, (current) => ({ ...current, repeatDirection }))
            }
          />
          {panel.repeatDirection !== 'v' && (
            <NumberInput
              label={words.maxPerRow}
              integer
              min={1}
              max={24}
              placeholder="4"
              value={panel.maxPerRow}
              onChange={(maxPerRow) => onChange(words.maxPerRow, (current) => ({ ...current, maxPerRow }))}
            />
          )}
        </>
      )}
    </div>
  );
}
