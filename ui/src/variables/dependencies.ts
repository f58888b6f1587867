import type { Variable } from '../dashboard/model';
import { mentionedDeep } from './interpolate';

/** The other variables that a variable's choices depend on. */
export function dependenciesOf(variable: Variable, names: ReadonlySet<string>): string[] {
  const parts: unknown[] = [variable.regex, variable.datasource];
  if (variable.type !== 'constant' && variable.type !== 'textbox') parts.push(variable.query);
  if (variable.allValue) parts.push(variable.allValue);
  return mentionedDeep(parts).filter((name) => names.has(name) && name !== variable.name);
}

export type Order = {
  /** Each after those that it depends on. */
  names: string[];
  dependencies: ReadonlyMap<string, readonly string[]>;
  /** Variables that depend on themselves through others; where a ring was cut, the dependency is left out. */
  rings: ReadonlyMap<string, readonly string[]>;
};

/** Orders variables so that each comes after what it depends on. */
export function orderVariables(variables: readonly Variable[]): Order {
  const byName = new Map(variables.map((variable) => [variable.name, variable]));
  const known = new Set(byName.keys());
  const dependencies = new Map<string, string[]>();
  const rings = new Map<string, readonly string[]>();
  const names: string[] = [];
  const visit = (name: string, way: readonly string[]) => {
    if (dependencies.has(name)) return;
    const kept: string[] = [];
    for (const other of dependenciesOf(byName.get(name)!, known)) {
      const at = way.indexOf(other);
      if (at >= 0) {
        rings.set(name, [...way.slice(at), name, other]);
        continue;
      }
      visit(other, [...way, name]);
      kept.push(other);
    }
    if (dependencies.has(name)) return;
    dependencies.set(name, kept);
    names.push(name);
  };
  for (const { name } of variables) visit(name, []);
  return { names, dependencies, rings };
}
