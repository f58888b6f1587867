import './alertlist.css';
import { useSignal } from '@preact/signals';
import type { Result } from '../../api/errors';
import { get } from '../../api/request';
import { useResult } from '../../api/use-result';
import { Icon } from '../../components/icon';
import { ErrorNotice } from '../../components/notice';
import { formatValue } from '../../format/units';
import { NoData } from '../no-data';
import type { PanelProps } from '../plugin';
import {
  type AlertInstance,
  type AlertListOptions,
  groupInstances,
  type RuleState,
  type RulesAnswer,
  type ShownRule,
  shownRules,
} from './alerts';
import { text } from './text';

export function AlertListPanel({ panel, height, window, context }: PanelProps) {
  const given = (panel.options ?? {}) as AlertListOptions;
  const options = {
    ...given,
    alertName: context.interpolate(given.alertName ?? ''),
    alertInstanceLabelFilter: context.interpolate(given.alertInstanceLabelFilter ?? ''),
  };
  const loaded = useResult(askRules, 'rules', window.to);
  const { data, error } = loaded.value;
  if (error && !data) return <ErrorNotice error={error} />;
  if (!data) return null;
  const { rules, all } = shownRules(data, options);
  if (all === 0) return <NoData>{text.value.noRules}</NoData>;
  if (options.viewMode === 'stat') {
    const count = rules.reduce((sum, { instances }) => sum + Math.max(1, instances.length), 0);
    return (
      <p class={`alertlist-count ${count > 0 ? 'is-firing' : ''}`} style={{ height: `${height}px` }}>
        {count}
      </p>
    );
  }
  if (rules.length === 0) return <NoData>{text.value.noneMatches(all)}</NoData>;
  const groupBy = options.groupMode === 'custom' ? (options.groupBy ?? []) : [];
  return (
    <div class="alertlist" style={{ height: `${height}px` }}>
      {groupBy.length > 0
        ? groupInstances(rules, groupBy).map(({ labels, instances }) => (
            <section key={JSON.stringify(labels)}>
              <h3>
                <LabelList labels={labels} />
              </h3>
              <ul>
                {instances.map(({ rule, instance }, index) => (
                  <li key={index} class="alertlist-instance">
                    <State state={instance.state} /> <strong>{rule}</strong>{' '}
                    <LabelList labels={instance.labels} />
                  </li>
                ))}
              </ul>
            </section>
          ))
        : rules.map((rule) => (
            <Rule key={`${rule.group} ${rule.name}`} rule={rule} isOpen={options.showInstances === true} />
          ))}
    </div>
  );
}

type Features = { api?: { exclude_alerts?: boolean } };

/** A server that evaluates no rules has no such endpoint and says so among its features. */
async function askRules(signal: AbortSignal): Promise<Result<RulesAnswer>> {
  const features = await get<Features>('/api/v1/features', {}, { signal });
  if (features.ok && features.data.api?.exclude_alerts === false) return { ...features, data: {} };
  return get<RulesAnswer>('/api/v1/rules', { type: 'alert' }, { signal });
}

function Rule({ rule, isOpen }: { rule: ShownRule; isOpen: boolean }) {
  const open = useSignal(isOpen);
  const { name, state, hasError, since, instances } = rule;
  const seconds = since === undefined ? undefined : (Date.now() - since) / 1000;
  return (
    <section class="alertlist-rule">
      <button
        type="button"
        aria-expanded={open.value}
        disabled={instances.length === 0}
        onClick={() => {
          open.value = !open.value;
        }}
      >
        <State state={state} />
        <span class="alertlist-name" title={name}>
          {name}
        </span>
        {hasError && (
          <span class="alertlist-error">
            <Icon name="error" size={14} /> {text.value.failed}
          </span>
        )}
        {instances.length > 0 && <span class="alertlist-note">{text.value.instances(instances.length)}</span>}
        {seconds !== undefined && (
          <span class="alertlist-note">
            {text.value.since(formatValue(Math.max(0, Math.floor(seconds)), 's'))}
          </span>
        )}
      </button>
      {open.value && (
        <ul>
          {instances.map((instance, index) => (
            <Instance key={index} instance={instance} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Instance({ instance }: { instance: AlertInstance }) {
  const { alertname: _name, ...labels } = instance.labels;
  return (
    <li class="alertlist-instance">
      <State state={instance.state} /> <LabelList labels={labels} />
    </li>
  );
}

function State({ state }: { state: RuleState }) {
  return <span class={`alertlist-state is-${state}`}>{text.value.state[state]}</span>;
}

function LabelList({ labels }: { labels: Record<string, string> }) {
  return (
    <span class="alertlist-labels">
      {Object.entries(labels).map(([name, value]) => (
        <span key={name}>
          {name}={value}
        </span>
      ))}
    </span>
  );
}
