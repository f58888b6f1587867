import './color-picker.css';
import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { TextField } from '../../../../components/field';
import { namedColor } from '../../../../frame/display';
import { theme } from '../../../../shell/theme';
import { Floating } from './floating';
import { text } from './text';

const hues = ['red', 'orange', 'yellow', 'green', 'blue', 'purple'];
const shades = ['super-light-', 'light-', '', 'semi-dark-', 'dark-'];

export type ColorPickerProps = { label: string; value: string; onChange(color: string): void };

/** A swatch that opens the palette: Grafana's names, which fit both themes, or a colour of one's own. */
export function ColorPicker({ label, value, onChange }: ColorPickerProps) {
  const anchor = useRef<HTMLSpanElement>(null);
  const isOpen = useSignal(false);
  const own = useSignal('');
  const shown = namedColor(value, theme.value);
  const close = () => {
    isOpen.value = false;
    anchor.current?.querySelector('button')?.focus();
  };
  const choose = (color: string) => {
    onChange(color);
    close();
  };
  const isColor = CSS.supports('color', own.value.trim());
  return (
    <span class="color-picker" ref={anchor}>
      <button
        type="button"
        class="swatch"
        ref={(element) => {
          if (element) element.style.background = shown;
        }}
        title={value}
        aria-label={`${label}: ${text.value.pickColor(value)}`}
        aria-expanded={isOpen.value}
        aria-haspopup="dialog"
        onClick={() => {
          own.value = value.startsWith('#') || value.startsWith('rgb') ? value : '';
          isOpen.value = !isOpen.value;
        }}
      />
      {isOpen.value && (
        <Floating anchor={anchor} onClose={close} label={label}>
          <div class="color-palette">
            <div class="color-grid">
              {hues.flatMap((hue) =>
                shades.map((shade) => (
                  <button
                    key={shade + hue}
                    type="button"
                    class="swatch"
                    aria-label={shade + hue}
                    title={shade + hue}
                    aria-pressed={value === shade + hue}
                    ref={(element) => {
                      if (element) element.style.background = namedColor(shade + hue, theme.value);
                    }}
                    onClick={() => choose(shade + hue)}
                  />
                )),
              )}
            </div>
            <div class="color-more">
              {(['text', 'transparent'] as const).map((name) => (
                <button
                  key={name}
                  type="button"
                  class={`swatch is-${name}`}
                  aria-label={name}
                  title={name}
                  aria-pressed={value === name}
                  onClick={() => choose(name)}
                />
              ))}
              <input
                type="color"
                aria-label={text.value.custom}
                value={/^#[0-9a-f]{6}$/i.test(shown) ? shown : '#888888'}
                onChange={(event) => onChange(event.currentTarget.value)}
              />
              <form
                onSubmit={(event) => {
                  event.preventDefault();
                  if (isColor) choose(own.value.trim());
                }}
              >
                <TextField
                  label={text.value.custom}
                  hideLabel
                  value={own.value}
                  placeholder="#73bf69, rgb(…)"
                  error={own.value.trim() === '' || isColor ? undefined : ' '}
                  onInput={(written) => {
                    own.value = written;
                  }}
                />
              </form>
            </div>
          </div>
        </Floating>
      )}
    </span>
  );
}
