import './thresholds.css';
import { Button, IconButton, Segmented } from '../../../../components/button';
import type { Thresholds } from '../../../../dashboard/model';
import { ColorPicker } from '../form/color-picker';
import { NumberInput } from '../form/inputs';
import { text } from './text';
import { sortedSteps, withNewStep } from './threshold-steps';

const fallback: Thresholds = { mode: 'absolute', steps: [{ value: null, color: 'green' }] };

/** The steps from the highest down to the base, which begins at minus infinity. */
export function ThresholdsEditor({
  value = fallback,
  onChange,
}: {
  value?: Thresholds;
  onChange(value: Thresholds): void;
}) {
  const steps = sortedSteps(value.steps);
  const change = (next: Thresholds['steps']) => onChange({ ...value, steps: next });
  return (
    <div class="thresholds">
      <ul class="thresholds-list" aria-label={text.value.thresholds}>
        {steps
          .map((step, at) => ({ step, at }))
          .reverse()
          .map(({ step, at }) => {
            const name = step.value === null ? text.value.base : `${text.value.threshold} ${step.value}`;
            return (
              <li key={at} class="thresholds-step">
                <ColorPicker
                  label={name}
                  value={step.color}
                  onChange={(color) =>
                    change(steps.map((other, place) => (place === at ? { ...other, color } : other)))
                  }
                />
                {at === 0 ? (
                  <span class="thresholds-base">{text.value.base}</span>
                ) : (
                  <NumberInput
                    label={name}
                    hideLabel
                    value={step.value}
                    onChange={(number) =>
                      number !== undefined &&
                      change(
                        sortedSteps(
                          steps.map((other, place) => (place === at ? { ...other, value: number } : other)),
                        ),
                      )
                    }
                  />
                )}
                {at > 0 && (
                  <IconButton
                    icon="trash"
                    label={text.value.removeNamed(name)}
                    onClick={() => change(steps.filter((_, place) => place !== at))}
                  />
                )}
              </li>
            );
          })}
      </ul>
      <div class="thresholds-actions">
        <Button icon="plus" onClick={() => change(withNewStep(steps, value.mode))}>
          {text.value.addThreshold}
        </Button>
        <Segmented
          label={text.value.thresholdMode}
          value={value.mode}
          choices={[
            { value: 'absolute', label: text.value.absolute },
            { value: 'percentage', label: text.value.percentage },
          ]}
          onChange={(mode) => onChange({ ...value, mode })}
        />
      </div>
    </div>
  );
}
