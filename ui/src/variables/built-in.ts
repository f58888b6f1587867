import type { ReadonlySignal } from '@preact/signals';
import type { Dashboard } from '../dashboard/model';
import type { PanelWindow } from '../panels/plugin';
import { encodeQuery } from '../router/location';
import { me } from '../shell/me';
import type { RawRange } from '../time/range';
import type { Lookup } from './interpolate';

export type BuiltInSource = {
  dashboard: ReadonlySignal<Dashboard>;
  window: ReadonlySignal<PanelWindow>;
  timeZone: ReadonlySignal<string>;
  range: ReadonlySignal<RawRange>;
  /** Variables as parameters of a URL. */
  parameters(): Record<string, string[]>;
};

/** The names that every dashboard has. Those of steps (`__interval`, `__rate_interval`, …) come with each query. */
export function builtInLookup(source: BuiltInSource): Lookup {
  return (name, path) => {
    const plain = (value: string) => ({ name, value });
    const verbatim = (value: string) => ({ name, value, isVerbatim: true });
    switch (name) {
      case '__from':
        return plain(String(source.window.value.from));
      case '__to':
        return plain(String(source.window.value.to));
      case '__range':
      case '__range_s':
      case '__range_ms': {
        const { from, to } = source.window.value;
        const seconds = Math.round((to - from) / 1000);
        return plain(name === '__range' ? `${seconds}s` : String(name === '__range_s' ? seconds : to - from));
      }
      case '__dashboard':
        return plain(path === 'uid' ? source.dashboard.value.uid : source.dashboard.value.title);
      case '__user':
        return plain(
          path === 'id' ? String(me.value.id) : path === 'email' ? me.value.email : me.value.login,
        );
      case '__timezone':
        return plain(source.timeZone.value);
      case '__org':
        return plain(path === 'name' ? 'Main Org.' : '1');
      case '__url_time_range': {
        const { from, to } = source.range.value;
        return verbatim(encodeQuery(new URLSearchParams({ from, to })));
      }
      case '__all_variables': {
        const parameters = new URLSearchParams();
        for (const [key, values] of Object.entries(source.parameters())) {
          for (const value of values) parameters.append(key, value);
        }
        return verbatim(encodeQuery(parameters));
      }
      case '__searchFilter':
        return verbatim(path === 'regex' ? '.*' : '');
      default:
        return undefined;
    }
  };
}
