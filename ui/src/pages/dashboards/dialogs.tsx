import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import type { SearchHit } from '../../api/dashboards';
import type { Result } from '../../api/errors';
import { Button } from '../../components/button';
import { Dialog } from '../../components/dialog';
import { Select, TextField } from '../../components/field';
import { text as shellText } from '../../i18n/text';
import { text } from './text';

type FormProps = {
  title: string;
  action: string;
  isDangerous?: boolean;
  isWrong?: boolean;
  children: ComponentChildren;
  onClose(): void;
  onSubmit(): Promise<Result<unknown>>;
  onDone(): void;
};

/** A dialog that does one thing, and stays with the reason when that fails. */
function FormDialog({ title, action, isDangerous, isWrong, children, onClose, onSubmit, onDone }: FormProps) {
  const error = useSignal('');
  const isBusy = useSignal(false);
  const submit = async (event: Event) => {
    event.preventDefault();
    if (isWrong || isBusy.peek()) return;
    isBusy.value = true;
    const result = await onSubmit();
    isBusy.value = false;
    if (result.ok) onDone();
    else error.value = result.error.message;
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form class="dashboards-form" onSubmit={submit}>
        {children}
        {error.value && (
          <p class="dashboards-error" role="alert">
            {error.value}
          </p>
        )}
        <div class="dashboards-form-foot">
          <Button onClick={onClose}>{shellText.value.common.cancel}</Button>
          <Button kind={isDangerous ? 'danger' : 'primary'} type="submit" disabled={isWrong || isBusy.value}>
            {action}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

type NameDialogProps = {
  title: string;
  action: string;
  name?: string;
  onClose(): void;
  onSubmit(name: string): Promise<Result<unknown>>;
  onDone(): void;
};

export function NameDialog({ name: before = '', onSubmit, ...rest }: NameDialogProps) {
  const name = useSignal(before);
  return (
    <FormDialog {...rest} isWrong={name.value.trim() === ''} onSubmit={() => onSubmit(name.peek().trim())}>
      <TextField
        label={text.value.name}
        value={name.value}
        onInput={(value) => {
          name.value = value;
        }}
      />
    </FormDialog>
  );
}

type ConfirmProps = {
  title: string;
  question: string;
  action: string;
  onClose(): void;
  onConfirm(): Promise<Result<unknown>>;
  onDone(): void;
};

export function ConfirmDialog({ question, onConfirm, ...rest }: ConfirmProps) {
  return (
    <FormDialog {...rest} isDangerous onSubmit={onConfirm}>
      <p>{question}</p>
    </FormDialog>
  );
}

type MoveProps = {
  folders: readonly SearchHit[];
  onClose(): void;
  onMove(folderUid: string): Promise<Result<unknown>>;
  onDone(): void;
};

export function MoveDialog({ folders, onMove, ...rest }: MoveProps) {
  const t = text.value;
  const target = useSignal('');
  return (
    <FormDialog {...rest} title={t.move} action={t.move} onSubmit={() => onMove(target.peek())}>
      <Select
        label={t.folder}
        value={target.value}
        onChange={(value) => {
          target.value = value;
        }}
        choices={[
          { value: '', label: t.noFolder },
          ...folders.map(({ uid, title, folderTitle }) => ({
            value: uid,
            label: folderTitle ? `${folderTitle} / ${title}` : title,
          })),
        ]}
      />
    </FormDialog>
  );
}
