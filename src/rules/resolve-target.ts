import type { TargetSelector } from '../model/target.ts';
import { LOG_CATEGORIES, namespaceOf } from './catalogue.ts';
import type { RawRule, RawSelector } from './schema.ts';
import type { Scope } from './scope.ts';
import { adviceFor } from './suggest.ts';

/** The named target sets of a file; `null` for one whose definition is not valid, which was reported where it stands. */
export type TargetSets = ReadonlyMap<string, TargetSelector | null>;

/** A selector with Azure's spelling of its type. */
export function selectorOf(raw: RawSelector): TargetSelector {
  return {
    type: namespaceOf(raw.type) ?? raw.type,
    ...(raw.kinds === undefined ? {} : { kinds: raw.kinds }),
    ...(raw.tags === undefined ? {} : { tags: raw.tags }),
    ...(raw.resourceGroups === undefined ? {} : { resourceGroups: raw.resourceGroups }),
    ...(raw.subscriptions === undefined ? {} : { subscriptions: raw.subscriptions }),
    ...(raw.ids === undefined ? {} : { ids: raw.ids }),
  };
}

/**
 * Whom a rule watches: its own `on`, else the file's default, else the file's only target set, else (log rules) every resource of
 * the type that fills the table. `null` after a diagnostic.
 */
export function resolveTarget(on: RawRule['on'], table: string | null, sets: TargetSets, scope: Scope): TargetSelector | null {
  if (typeof on === 'object') return selectorOf(on);
  if (on !== undefined) return named(on, sets, scope);
  const [only] = [...sets.values()];
  if (sets.size === 1 && only !== undefined) return only;
  const types = new Set(LOG_CATEGORIES.filter((category) => category.table === table).map((category) => category.resourceType));
  const [type] = [...types].sort((left, right) => left.length - right.length);
  if (table !== null && type !== undefined) return { type };
  scope.report('TCN-R005', [], 'the rule does not say whom it watches', {
    hint: `add \`on:\` with one of the sets under \`targets:\`${sets.size === 0 ? ' (there are none yet)' : `: ${[...sets.keys()].join(', ')}`}`,
  });
  return null;
}

function named(name: string, sets: TargetSets, scope: Scope): TargetSelector | null {
  const found = sets.get(name);
  if (found !== undefined) return found;
  scope.report('TCN-R005', ['on'], `there is no target set \`${name}\``, {
    hint: adviceFor(name, [...sets.keys()], 'target sets'),
  });
  return null;
}
