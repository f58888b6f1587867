import type { PrometheusClient } from '@prometheus-io/codemirror-promql';
import { EqlRegex, Neq, NeqRegex } from '@prometheus-io/lezer-promql';
import type { Result } from '../api/errors';
import { labelNames, labelValues, metadata, series, statusFlags } from '../api/prometheus';
import type { TimeWindow } from '../time/range';

type Matcher = NonNullable<Parameters<PrometheusClient['labelValues']>[2]>[number];

const freshForMilliseconds = 30_000;

/**
 * What completion asks the server, answered again from memory for half a
 * minute. A failed request completes nothing; the next one tries anew.
 */
export function createCompletionClient(window: () => TimeWindow): PrometheusClient {
  const answers = new Map<string, { atMilliseconds: number; answer: Promise<unknown> }>();

  function remembered<T>(key: string, ask: () => Promise<Result<T>>, nothing: T): Promise<T> {
    const known = answers.get(key);
    if (known && performance.now() - known.atMilliseconds < freshForMilliseconds) {
      return known.answer as Promise<T>;
    }
    const answer = ask().then((result) => {
      if (result.ok) return result.data;
      answers.delete(key);
      return nothing;
    });
    answers.set(key, { atMilliseconds: performance.now(), answer });
    return answer;
  }

  const client: PrometheusClient = {
    labelNames: (metricName) =>
      remembered(
        `names ${metricName ?? ''}`,
        () => labelNames({ ...window(), match: metricName ? [selector(metricName, [])] : undefined }),
        [],
      ).then((names) => names.filter((name) => name !== '__name__')),

    labelValues: (label, metricName, matchers = []) => {
      // The matcher being written must not narrow its own values.
      const others = matchers.filter((matcher) => matcher.name !== label && matcher.value !== '');
      const match = metricName || others.length > 0 ? [selector(metricName ?? '', others)] : undefined;
      return remembered(
        `values ${label} ${match ?? ''}`,
        () => labelValues(label, { ...window(), match }),
        [],
      );
    },

    metricMetadata: () => remembered('metadata', () => metadata(), {}),

    series: (metricName, matchers = []) => {
      const match = selector(metricName, matchers);
      return remembered(`series ${match}`, () => series({ ...window(), match: [match] }), []).then((found) =>
        found.map((labels) => new Map(Object.entries(labels))),
      );
    },

    metricNames: () => client.labelValues('__name__'),

    flags: () => remembered('flags', () => statusFlags(), {}),
  };
  return client;
}

function selector(metricName: string, matchers: readonly Matcher[]): string {
  const pairs = matchers.map(
    ({ name, type, value }) => `${quoteName(name)}${operatorOf(type)}${JSON.stringify(value)}`,
  );
  if (metricName) pairs.unshift(`__name__=${JSON.stringify(metricName)}`);
  return `{${pairs.join(',')}}`;
}

function quoteName(name: string): string {
  return /^[a-zA-Z_]\w*$/.test(name) ? name : JSON.stringify(name);
}

/** A matcher carries the grammar's number of its operator. */
function operatorOf(type: number): string {
  switch (type) {
    case Neq:
      return '!=';
    case EqlRegex:
      return '=~';
    case NeqRegex:
      return '!~';
    default:
      return '=';
  }
}
