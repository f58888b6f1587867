import { type Signal, useSignal } from '@preact/signals';
import { IconButton, Segmented } from '../../components/button';
import { Select, TextField } from '../../components/field';
import { Icon } from '../../components/icon';
import { ChoiceList, type MenuItem, Popover } from '../../components/popover';
import { clearHistory, queryHistory } from '../../editor/history';
import { QueryStats } from './query-stats';
import type { Entry, ExploreSession } from './session';
import { drawingOf, unitOf } from './shown-as';
import { drawings, type Tab, tabs } from './state';
import { text } from './text';

export type QueryToolbarProps = {
  session: ExploreSession;
  entry: Entry;
  index: number;
  count: number;
  isExplaining: Signal<boolean>;
  onFormat(): void;
  onBrowse(): void;
  onRecall(expr: string): void;
};

export function QueryToolbar(props: QueryToolbarProps) {
  const { session, entry, isExplaining } = props;
  const { id, spec } = entry;
  return (
    <div class="query-toolbar">
      <Segmented<Tab>
        label={text.value.tabs.label}
        value={spec.tab}
        onChange={(tab) => session.change(id, { tab })}
        choices={tabs.map((tab) => ({ value: tab, label: text.value.tabs[tab] }))}
      />
      {spec.tab !== 'table' && <DisplayOptions session={session} entry={entry} />}
      <QueryStats entry={entry} />
      <div class="query-actions">
        <HistoryPicker onRecall={props.onRecall} />
        <IconButton icon="search" label={text.value.browse} onClick={props.onBrowse} />
        <IconButton
          icon="discovery"
          label={text.value.explain}
          aria-pressed={isExplaining.value}
          onClick={() => {
            isExplaining.value = !isExplaining.value;
          }}
        />
        <IconButton icon="config" label={text.value.format} onClick={props.onFormat} />
        <MoreMenu {...props} />
      </div>
    </div>
  );
}

const autoUnit = 'auto';

function DisplayOptions({ session, entry }: { session: ExploreSession; entry: Entry }) {
  const { id, spec } = entry;
  const names: Record<string, string> = text.value.units;
  const data = entry.graph.state.value.answer?.data ?? null;
  const inferred = unitOf({ ...spec, unit: '' }, data);
  const unitChoices = Object.entries(names).map(([value, label]) => ({ value, label }));
  if (spec.unit && !(spec.unit in names)) unitChoices.push({ value: spec.unit, label: spec.unit });
  return (
    <div class="query-display">
      <Select
        label={text.value.drawing.label}
        hideLabel
        value={drawingOf(spec, data)}
        choices={drawings.map((value) => ({ value, label: text.value.drawing[value] }))}
        onChange={(drawing) => session.change(id, { drawing })}
      />
      <Select
        label={text.value.unit}
        hideLabel
        value={spec.unit || autoUnit}
        choices={[
          { value: autoUnit, label: text.value.unitAuto(names[inferred] ?? inferred) },
          ...unitChoices,
        ]}
        onChange={(unit) => session.change(id, { unit: unit === autoUnit ? '' : unit })}
      />
      <TextField
        label={text.value.legend}
        hideLabel
        placeholder={text.value.legendPlaceholder}
        value={spec.legend}
        onInput={(legend) => session.change(id, { legend })}
      />
    </div>
  );
}

function HistoryPicker({ onRecall }: { onRecall(expr: string): void }) {
  const filter = useSignal('');
  return (
    <Popover
      label={text.value.history}
      align="end"
      trigger={({ isOpen, toggle }) => (
        <IconButton
          icon="clock"
          label={text.value.history}
          aria-expanded={isOpen}
          aria-haspopup="dialog"
          onClick={() => {
            filter.value = '';
            toggle();
          }}
        />
      )}
    >
      {(close) => {
        const wanted = filter.value.toLowerCase();
        const entries = queryHistory.value.filter((expr) => expr.toLowerCase().includes(wanted));
        return (
          <div class="query-history">
            {queryHistory.value.length === 0 ? (
              <p class="query-history-empty">{text.value.historyEmpty}</p>
            ) : (
              <>
                <TextField
                  label={text.value.historyFilter}
                  hideLabel
                  icon="search"
                  type="search"
                  placeholder={text.value.historyFilter}
                  value={filter.value}
                  onInput={(value) => {
                    filter.value = value;
                  }}
                />
                <ul class="query-history-list">
                  {entries.map((expr) => (
                    <li key={expr}>
                      <button
                        type="button"
                        title={expr}
                        onClick={() => {
                          close();
                          onRecall(expr);
                        }}
                      >
                        {expr}
                      </button>
                    </li>
                  ))}
                </ul>
                <button type="button" class="query-history-clear" onClick={clearHistory}>
                  <Icon name="trash" size={14} />
                  {text.value.historyClear}
                </button>
              </>
            )}
          </div>
        );
      }}
    </Popover>
  );
}

function MoreMenu({ session, entry, index, count }: QueryToolbarProps) {
  const { id } = entry;
  const actions: Record<string, () => void> = {
    duplicate: () => session.duplicate(id),
    moveUp: () => session.move(id, -1),
    moveDown: () => session.move(id, 1),
    remove: () => session.remove(id),
  };
  const items: MenuItem[] = [{ value: 'duplicate', label: text.value.duplicate }];
  if (index > 0) items.push({ value: 'moveUp', label: text.value.moveUp });
  if (index < count - 1) items.push({ value: 'moveDown', label: text.value.moveDown });
  items.push({ value: 'remove', label: text.value.remove });
  return (
    <Popover
      label={text.value.more}
      align="end"
      trigger={({ isOpen, toggle }) => (
        <IconButton
          icon="more"
          label={text.value.more}
          aria-expanded={isOpen}
          aria-haspopup="dialog"
          onClick={toggle}
        />
      )}
    >
      {(close) => (
        <ChoiceList
          label={text.value.more}
          items={items}
          onChoose={(value) => {
            close();
            actions[value]?.();
          }}
        />
      )}
    </Popover>
  );
}
