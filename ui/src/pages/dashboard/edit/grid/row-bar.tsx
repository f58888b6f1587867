import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { Button, IconButton } from '../../../../components/button';
import { Icon } from '../../../../components/icon';
import { Popover } from '../../../../components/popover';
import type { Panel } from '../../../../dashboard/model';
import type { DashboardSession } from '../../../../dashboard/session';
import { announce } from '../form/announce';
import { TextInput } from '../form/inputs';
import { RepeatOptions } from '../panel/repeat-options';
import { panelsOfRow, removeRow, stepRow, toggleRow, updatePanel } from './panels';
import { text } from './text';

/** A row while it is edited: opened and closed for good, named, repeated, moved, removed. */
export function RowBar(props: {
  session: DashboardSession;
  panel: Panel;
  title: string;
  handle: ComponentChildren;
}) {
  const { session, panel, handle } = props;
  const title = panel.title ? props.title : text.value.untitledRow;
  const count = panelsOfRow(session.dashboard.value, panel.id).length;
  const isRemoving = useSignal(false);
  const change = (label: string, f: Parameters<DashboardSession['change']>[1]) => {
    session.change(label, f);
    announce(label);
  };
  const toggleLabel = panel.collapsed ? text.value.openRow(title) : text.value.closeRow(title);
  return (
    <div class="row-bar">
      {handle}
      <button
        type="button"
        class="row-bar-toggle"
        aria-expanded={!panel.collapsed}
        aria-label={toggleLabel}
        onClick={() =>
          change(panel.collapsed ? text.peek().rowOpened(title) : text.peek().rowClosed(title), (dashboard) =>
            toggleRow(dashboard, panel.id),
          )
        }
      >
        <Icon name={panel.collapsed ? 'chevronRight' : 'chevronDown'} />
        <span class="row-bar-title">{title}</span>
        <span class="row-bar-note">
          {text.value.panelCount(count)}
          {panel.repeat && `, ${text.value.repeats(panel.repeat)}`}
        </span>
      </button>
      <Popover
        label={text.value.rowOptions(title)}
        align="end"
        trigger={({ isOpen, toggle }) => (
          <IconButton
            icon="settings"
            label={text.value.rowOptions(title)}
            aria-expanded={isOpen}
            aria-haspopup="dialog"
            onClick={toggle}
          />
        )}
      >
        {() => (
          <div class="row-options">
            <TextInput
              label={text.value.rowTitle}
              value={panel.title ?? ''}
              onChange={(name) =>
                change(text.peek().rowRenamed, (dashboard) =>
                  updatePanel(dashboard, panel.id, (row) => ({ ...row, title: name })),
                )
              }
            />
            <RepeatOptions
              panel={panel}
              variables={session.dashboard.value.templating?.list ?? []}
              onChange={(_, f) =>
                change(text.peek().rowRepeat, (dashboard) => updatePanel(dashboard, panel.id, f))
              }
            />
          </div>
        )}
      </Popover>
      <IconButton
        icon="up"
        label={text.value.rowUp(title)}
        onClick={() => change(text.peek().rowMoved(title), (dashboard) => stepRow(dashboard, panel.id, -1))}
      />
      <IconButton
        icon="down"
        label={text.value.rowDown(title)}
        onClick={() => change(text.peek().rowMoved(title), (dashboard) => stepRow(dashboard, panel.id, 1))}
      />
      <Popover
        label={text.value.removeRow(title)}
        align="end"
        isOpen={isRemoving}
        trigger={({ isOpen, toggle }) => (
          <IconButton
            icon="trash"
            label={text.value.removeRow(title)}
            aria-expanded={isOpen}
            aria-haspopup="dialog"
            onClick={toggle}
          />
        )}
      >
        {() => (
          <div class="row-options">
            <Button
              onClick={() =>
                change(text.peek().removed(title), (dashboard) => removeRow(dashboard, panel.id, false))
              }
            >
              {text.value.removeRowOnly}
            </Button>
            {count > 0 && (
              <Button
                kind="danger"
                onClick={() =>
                  change(text.peek().removed(title), (dashboard) => removeRow(dashboard, panel.id, true))
                }
              >
                {text.value.removeRowAll(count)}
              </Button>
            )}
          </div>
        )}
      </Popover>
    </div>
  );
}
