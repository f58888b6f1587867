import { useSignal } from '@preact/signals';
import { Button } from '../../../../components/button';
import { Dialog } from '../../../../components/dialog';
import type { DataSourceRef } from '../../../../dashboard/model';
import type { DashboardSession } from '../../../../dashboard/session';
import { addPanelOf, addRowTo, pastePanel } from '../grid/actions';
import { pastedPanel } from '../grid/panel-clipboard';
import { KindList } from '../panel/kind-picker';
import { SourcePicker } from '../queries/source-picker';
import { text } from './text';

/** Adds a panel of a kind, a row, or what was copied. */
export function AddPanelButton({ session, isPrimary }: { session: DashboardSession; isPrimary?: boolean }) {
  const isOpen = useSignal(false);
  const close = () => {
    isOpen.value = false;
  };
  return (
    <>
      <Button
        icon="plus"
        kind={isPrimary ? 'primary' : 'default'}
        aria-haspopup="dialog"
        onClick={() => {
          isOpen.value = true;
        }}
      >
        {text.value.add}
      </Button>
      {isOpen.value && <AddDialog session={session} onClose={close} />}
    </>
  );
}

function AddDialog({ session, onClose }: { session: DashboardSession; onClose(): void }) {
  const source = useSignal<DataSourceRef | undefined>(undefined);
  const copied = pastedPanel();
  return (
    <Dialog title={text.value.addTitle} onClose={onClose}>
      <div class="add-dialog">
        <div class="add-dialog-head">
          <Button
            onClick={() => {
              onClose();
              addRowTo(session);
            }}
          >
            {text.value.row}
          </Button>
          {copied && (
            <Button
              icon="copy"
              onClick={() => {
                onClose();
                pastePanel(session);
              }}
            >
              {text.value.paste(copied.title ?? '')}
            </Button>
          )}
        </div>
        <SourcePicker
          label={text.value.source}
          value={source.value}
          variables={session.dashboard.value.templating?.list ?? []}
          forPanel
          onChange={(ref) => {
            source.value = ref;
          }}
        />
        <KindList
          onChoose={(type) => {
            onClose();
            void addPanelOf(session, type, source.peek());
          }}
        />
      </div>
    </Dialog>
  );
}
