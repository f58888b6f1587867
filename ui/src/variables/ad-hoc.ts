import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { dataSources, findDataSource } from '../dashboard/datasources';
import type { DataSourceRef } from '../dashboard/model';
import type { Filter } from './filters';
import type { VariableSet } from './variable-set';

/** The ad hoc filters of a dashboard, put into the expressions of their data source. */
export type AdHocFilters = {
  /** False until the parser is there, where there are filters. */
  isReady: ReadonlySignal<boolean>;
  /** Reads signals. */
  apply(expr: string, source: DataSourceRef): string;
};

type Insert = (expr: string, filters: readonly Filter[]) => string;

export function createAdHocFilters(
  variables: Pick<VariableSet, 'states'>,
  interpolate: (text: string) => string,
): AdHocFilters {
  const insert = signal<Insert | null>(null);
  let isLoading = false;
  const active = computed(() =>
    variables.states.value.filter(({ variable, filters }) => variable.type === 'adhoc' && filters.length > 0),
  );
  const load = () => {
    if (isLoading) return;
    isLoading = true;
    import('./insert-filters').then(
      (module) => {
        insert.value = module.insertFilters;
      },
      () => {
        // The next filter tries again.
        isLoading = false;
      },
    );
  };
  return {
    isReady: computed(() => {
      if (active.value.length === 0 || insert.value) return true;
      load();
      return false;
    }),
    apply(expr, source) {
      const filters = active.value
        .filter(({ variable }) => {
          const { datasource } = variable;
          if (!datasource?.uid && !datasource?.type) return true;
          const uid = interpolate(datasource.uid ?? '');
          const own = findDataSource(dataSources.value ?? [], { type: datasource.type, uid });
          return !own || own.uid === source.uid;
        })
        .flatMap((state) => state.filters);
      return filters.length > 0 && insert.value ? insert.value(expr, filters) : expr;
    },
  };
}
