import './button.css';
import type { ComponentChildren, TargetedKeyboardEvent } from 'preact';
import { Icon, type IconName } from './icon';

type Common = {
  disabled?: boolean;
  onClick?(event: MouseEvent): void;
  'aria-expanded'?: boolean;
  'aria-haspopup'?: 'menu' | 'dialog' | 'listbox';
  'aria-pressed'?: boolean;
  type?: 'button' | 'submit';
};

export type ButtonProps = Common & {
  kind?: 'primary' | 'default' | 'quiet' | 'danger';
  icon?: IconName;
  children: ComponentChildren;
  title?: string;
};

export function Button({ kind = 'default', icon, children, type = 'button', ...rest }: ButtonProps) {
  return (
    <button type={type} class={`button is-${kind}`} {...rest}>
      {icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

export type IconButtonProps = Common & {
  icon: IconName;
  /** What it does: the accessible name and the tooltip. */
  label: string;
  kind?: 'default' | 'quiet';
};

export function IconButton({ icon, label, kind = 'quiet', type = 'button', ...rest }: IconButtonProps) {
  return (
    <button type={type} class={`button is-icon is-${kind}`} title={label} aria-label={label} {...rest}>
      <Icon name={icon} />
    </button>
  );
}

export type IconLinkProps = { icon: IconName; label: string; href: string };

/** An `IconButton` that leads to another page. */
export function IconLink({ icon, label, href }: IconLinkProps) {
  return (
    <a class="button is-icon is-quiet" href={href} title={label} aria-label={label}>
      <Icon name={icon} />
    </a>
  );
}

export type Choice<T extends string> = { value: T; label: ComponentChildren };

export type SegmentedProps<T extends string> = {
  label: string;
  choices: readonly Choice<T>[];
  value: T;
  onChange(value: T): void;
};

/** A few exclusive choices side by side: one radio group, moved through with the arrow keys. */
export function Segmented<T extends string>({ label, choices, value, onChange }: SegmentedProps<T>) {
  const move = (event: TargetedKeyboardEvent<HTMLDivElement>) => {
    const isBack = event.key === 'ArrowLeft' || event.key === 'ArrowUp';
    if (!isBack && event.key !== 'ArrowRight' && event.key !== 'ArrowDown') return;
    const direction = isBack ? -1 : 1;
    event.preventDefault();
    const at = choices.findIndex((choice) => choice.value === value);
    const next = (at + direction + choices.length) % choices.length;
    onChange(choices[next]!.value);
    (event.currentTarget.children[next] as HTMLElement | undefined)?.focus();
  };
  return (
    <div class="segmented" role="radiogroup" aria-label={label} onKeyDown={move}>
      {choices.map((choice) => (
        <button
          key={choice.value}
          type="button"
          role="radio"
          aria-checked={choice.value === value}
          tabIndex={choice.value === value ? 0 : -1}
          class="segmented-choice"
          onClick={() => onChange(choice.value)}
        >
          {choice.label}
        </button>
      ))}
    </div>
  );
}
