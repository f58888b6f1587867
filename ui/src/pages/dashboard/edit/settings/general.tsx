import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Segmented } from '../../../../components/button';
import { Select } from '../../../../components/field';
import type { Dashboard } from '../../../../dashboard/model';
import type { DashboardSession } from '../../../../dashboard/session';
import { Combobox, MultiCombobox, type Option } from '../form/combobox';
import { FormRow, Switch, TextInput } from '../form/inputs';
import { folderOptions } from '../save/folders';
import { text } from './text';

export function GeneralSettings({ session }: { session: DashboardSession }) {
  const dashboard = session.dashboard.value;
  const meta = session.meta.value;
  const folders = useSignal<Option[]>([]);
  useEffect(() => {
    folderOptions(text.peek().generalFolder).then((options) => {
      folders.value = options;
    });
  }, []);
  const set = <K extends keyof Dashboard>(label: string, key: K, value: Dashboard[K]) =>
    session.change(label, (current) => (current[key] === value ? current : { ...current, [key]: value }));
  const words = text.value;
  const zones = [
    { value: '', label: words.zoneDefault },
    { value: 'browser', label: words.zoneBrowser },
    { value: 'utc', label: 'UTC' },
    ...Intl.supportedValuesOf('timeZone').map((zone) => ({ value: zone })),
  ];
  return (
    <div class="settings-form">
      <TextInput
        label={words.name}
        value={dashboard.title}
        onChange={(title) => set(words.name, 'title', title)}
      />
      <TextInput
        label={words.description}
        multiline
        value={dashboard.description ?? ''}
        onChange={(description) => set(words.description, 'description', description)}
      />
      <FormRow label={words.tags}>
        <MultiCombobox
          label={words.tags}
          hideLabel
          isFree
          placeholder={words.addTag}
          values={dashboard.tags ?? []}
          options={[]}
          onChange={(tags) => set(words.tags, 'tags', tags)}
        />
      </FormRow>
      <Combobox
        label={words.folder}
        value={meta.folderUid}
        shown={
          folders.value.find(({ value }) => value === meta.folderUid)?.label ??
          (meta.folderTitle || words.generalFolder)
        }
        options={folders.value}
        onChange={(folderUid) =>
          session.setMeta({
            folderUid,
            folderTitle: folders.peek().find(({ value }) => value === folderUid)?.label ?? '',
          })
        }
      />
      <p class="opt-hint">{words.folderHint}</p>
      <Switch
        label={words.editable}
        help={words.editableHelp}
        value={dashboard.editable !== false}
        onChange={(editable) => set(words.editable, 'editable', editable)}
      />
      <h3>{words.time}</h3>
      <Combobox
        label={words.timeZone}
        value={dashboard.timezone ?? ''}
        options={zones}
        onChange={(timezone) => set(words.timeZone, 'timezone', timezone)}
      />
      <div class="settings-line">
        <TextInput
          label={words.from}
          value={dashboard.time?.from ?? 'now-6h'}
          onChange={(from) => set(words.from, 'time', { from, to: dashboard.time?.to ?? 'now' })}
        />
        <TextInput
          label={words.to}
          value={dashboard.time?.to ?? 'now'}
          onChange={(to) => set(words.to, 'time', { from: dashboard.time?.from ?? 'now-6h', to })}
        />
        <Combobox
          label={words.refresh}
          isFree
          value={String(dashboard.refresh || '')}
          options={[
            { value: '', label: words.refreshOff },
            ...['5s', '10s', '30s', '1m', '5m', '15m', '30m', '1h', '2h', '1d'].map((value) => ({ value })),
          ]}
          onChange={(refresh) => set(words.refresh, 'refresh', refresh)}
        />
      </div>
      <TextInput
        label={words.refreshIntervals}
        placeholder="5s, 10s, 30s, 1m, 5m, 15m, 30m, 1h, 2h, 1d"
        value={(dashboard.timepicker?.refresh_intervals ?? []).join(', ')}
        onChange={(written) => {
          const list = written
            .split(',')
            .map((one) => one.trim())
            .filter(Boolean);
          const { refresh_intervals: _, ...rest } = dashboard.timepicker ?? {};
          set(
            words.refreshIntervals,
            'timepicker',
            list.length > 0 ? { ...rest, refresh_intervals: list } : rest,
          );
        }}
      />
      <TextInput
        label={words.nowDelay}
        help={words.nowDelayHelp}
        placeholder="0m"
        value={dashboard.timepicker?.nowDelay ?? ''}
        onChange={(nowDelay) => set(words.nowDelay, 'timepicker', { ...dashboard.timepicker, nowDelay })}
      />
      <Switch
        label={words.hidePicker}
        value={dashboard.timepicker?.hidden === true}
        onChange={(hidden) => set(words.hidePicker, 'timepicker', { ...dashboard.timepicker, hidden })}
      />
      <Select
        label={words.weekStart}
        value={dashboard.weekStart ?? ''}
        choices={(['', 'saturday', 'sunday', 'monday'] as const).map((value) => ({
          value: value as string,
          label: words.weekStarts[value || 'default'],
        }))}
        onChange={(weekStart) => set(words.weekStart, 'weekStart', weekStart)}
      />
      <h3>{words.graphs}</h3>
      <FormRow label={words.tooltip} help={words.tooltipHelp}>
        <Segmented
          label={words.tooltip}
          value={String(dashboard.graphTooltip ?? 0) as '0' | '1' | '2'}
          choices={[
            { value: '0', label: words.tooltips.single },
            { value: '1', label: words.tooltips.crosshair },
            { value: '2', label: words.tooltips.shared },
          ]}
          onChange={(mode) => set(words.tooltip, 'graphTooltip', Number(mode) as 0 | 1 | 2)}
        />
      </FormRow>
    </div>
  );
}
