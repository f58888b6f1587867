/** Alerting rules as `/api/v1/rules?type=alert` answers them. */
export type RuleState = 'firing' | 'pending' | 'inactive' | 'unknown';

export type AlertInstance = {
  labels: Record<string, string>;
  annotations?: Record<string, string>;
  state: RuleState;
  /** RFC 3339. */
  activeAt?: string;
  value?: string;
};

export type AlertRule = {
  name: string;
  state: RuleState;
  query: string;
  health?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  alerts?: AlertInstance[];
};

export type RulesAnswer = {
  groups?: { name: string; file?: string; rules?: (AlertRule & { type?: string })[] }[];
};

/** What a line of the panel shows. */
export type ShownRule = {
  name: string;
  group: string;
  state: RuleState;
  hasError: boolean;
  /** Since when the oldest of its alerts is active; milliseconds. */
  since?: number;
  instances: AlertInstance[];
};

export type AlertListOptions = {
  viewMode?: 'list' | 'stat';
  groupMode?: 'default' | 'custom';
  groupBy?: string[];
  maxItems?: number;
  /** 1, 2: by name; 3: the most important first; 4, 5: by time. */
  sortOrder?: number;
  alertName?: string;
  alertInstanceLabelFilter?: string;
  folder?: { title?: string } | string | null;
  stateFilter?: Partial<
    Record<'firing' | 'pending' | 'normal' | 'inactive' | 'error' | 'noData' | 'ok', boolean>
  >;
  showInstances?: boolean;
};

const order: RuleState[] = ['firing', 'pending', 'unknown', 'inactive'];

type LabelMatch = (labels: Record<string, string>) => boolean;

/** `{severity="critical", pod=~"a.*"}`; nothing where it says nothing. */
export function labelMatch(filter: string | undefined): LabelMatch {
  const parts = [...(filter ?? '').matchAll(/([a-zA-Z_]\w*)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"/g)];
  const tests = parts.map(([, name = '', operator, quoted = '']) => {
    const value = quoted.replace(/\\(.)/g, '$1');
    if (operator === '=') return (labels: Record<string, string>) => (labels[name] ?? '') === value;
    if (operator === '!=') return (labels: Record<string, string>) => (labels[name] ?? '') !== value;
    let regex: RegExp;
    try {
      regex = new RegExp(`^(?:${value})$`);
    } catch {
      return () => false;
    }
    return (labels: Record<string, string>) => regex.test(labels[name] ?? '') === (operator === '=~');
  });
  return (labels) => tests.every((fits) => fits(labels));
}

function isWanted(
  rule: ShownRule,
  { stateFilter = { firing: true, pending: true, error: true } }: AlertListOptions,
): boolean {
  if (rule.hasError && stateFilter.error) return true;
  switch (rule.state) {
    case 'firing':
      return stateFilter.firing !== false;
    case 'pending':
      return stateFilter.pending !== false;
    case 'unknown':
      return stateFilter.noData === true;
    default:
      return stateFilter.normal === true || stateFilter.inactive === true || stateFilter.ok === true;
  }
}

/** The rules to show, with how many there are in all. */
export function shownRules(
  answer: RulesAnswer,
  options: AlertListOptions,
): { rules: ShownRule[]; all: number } {
  const fits = labelMatch(options.alertInstanceLabelFilter);
  const named = (options.alertName ?? '').toLowerCase();
  let all = 0;
  const rules: ShownRule[] = [];
  for (const group of answer.groups ?? []) {
    for (const rule of group.rules ?? []) {
      if (rule.type !== undefined && rule.type !== 'alerting') continue;
      all++;
      const instances = (rule.alerts ?? []).filter(({ labels }) => fits(labels));
      const filtered = Boolean(options.alertInstanceLabelFilter?.trim());
      if (filtered && instances.length === 0 && !fits(rule.labels ?? {})) continue;
      if (named && !rule.name.toLowerCase().includes(named)) continue;
      const times = instances
        .map(({ activeAt }) => Date.parse(activeAt ?? ''))
        .filter((time) => !Number.isNaN(time));
      const shown: ShownRule = {
        name: rule.name,
        group: group.name,
        state: order.includes(rule.state) ? rule.state : 'unknown',
        hasError: rule.health === 'err' || rule.health === 'error',
        ...(times.length > 0 ? { since: Math.min(...times) } : {}),
        instances,
      };
      if (isWanted(shown, options)) rules.push(shown);
    }
  }
  return { rules: sortRules(rules, options.sortOrder ?? 1).slice(0, options.maxItems ?? 20), all };
}

export function sortRules(rules: readonly ShownRule[], sortOrder: number): ShownRule[] {
  const byName = (a: ShownRule, b: ShownRule) => a.name.localeCompare(b.name);
  const since = ({ since: time }: ShownRule) => time ?? Number.POSITIVE_INFINITY;
  const compare: Record<number, (a: ShownRule, b: ShownRule) => number> = {
    1: byName,
    2: (a, b) => byName(b, a),
    3: (a, b) => order.indexOf(a.state) - order.indexOf(b.state) || byName(a, b),
    4: (a, b) => since(a) - since(b) || byName(a, b),
    5: (a, b) => since(b) - since(a) || byName(a, b),
  };
  return [...rules].sort(compare[sortOrder] ?? byName);
}

export type InstanceGroup = {
  labels: Record<string, string>;
  instances: { rule: string; instance: AlertInstance }[];
};

/** Alerts with the same values of some labels. */
export function groupInstances(rules: readonly ShownRule[], by: readonly string[]): InstanceGroup[] {
  const groups = new Map<string, InstanceGroup>();
  for (const rule of rules) {
    for (const instance of rule.instances) {
      const labels = Object.fromEntries(by.map((name) => [name, instance.labels[name] ?? '']));
      const key = JSON.stringify(labels);
      const group = groups.get(key) ?? { labels, instances: [] };
      group.instances.push({ rule: rule.name, instance });
      groups.set(key, group);
    }
  }
  return [...groups.values()];
}
