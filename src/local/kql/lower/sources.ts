import type { Relation } from '../plan.ts';
import type { Syntax } from '../syntax.ts';
import { callFunction, isView } from './functions.ts';
import { isOpen } from './open.ts';
import { lowerTable, type Scope } from './scope.ts';

/** One table of several, with the name that its rows are said to come from. */
export interface Source {
  readonly relation: Relation;
  readonly label: string | undefined;
}

/** The tables of `union`, `search in (…)` and `find in (…)`: names, wildcards and queries. `fuzzy`: what does not exist is left out. */
export function sourcesOf(items: readonly Syntax[], scope: Scope, fuzzy: boolean): readonly Source[] {
  return items.flatMap((item): readonly Source[] => {
    const pattern = item.kind === 'NameReference' && item.text.includes('*') ? item.text : undefined;
    if (pattern !== undefined) {
      const matches = wildcard(pattern);
      return viewsAndTables(scope).filter(({ label }) => matches.test(label ?? ''));
    }
    if (fuzzy && isMissing(item)) return [];
    const relation = lowerTable(item, scope);
    if (isOpen(relation)) throw item.refuse('a table here whose columns depend on the data');
    return [{ relation, label: labelOf(relation, item, scope) }];
  });
}

function wildcard(pattern: string): RegExp {
  const bare = pattern.replace(/^\['?|'?\]$/g, '');
  return new RegExp(
    `^${bare
      .split('*')
      .map((part) => part.replace(/[\^$\\.+?()[\]{}|]/g, '\\$&'))
      .join('.*')}$`,
    'i',
  );
}

/** Whether a query begins with a table that there is not. */
function isMissing(node: Syntax): boolean {
  switch (node.kind) {
    case 'ParenthesizedExpression':
    case 'PipeExpression':
      return isMissing(node.need('Expression'));
    case 'NameReference':
      return node.isUnresolved;
    default:
      return false;
  }
}

/** All tables of the workspace, and the query's own views. */
export function viewsAndTables(scope: Scope): readonly Source[] {
  const { session } = scope;
  const views = [...scope.names].flatMap(([name, binding]): readonly Source[] => {
    if (!isView(binding)) return [];
    const made = callFunction(binding.declaration, binding, scope);
    return made.kind === 'table' ? [{ relation: made.relation, label: name }] : [];
  });
  const tables = Object.entries(session.tables).map(([name, columns]): Source => {
    session.scanned.add(name);
    return { relation: { kind: 'scan', table: name, columns }, label: name };
  });
  return [...views, ...tables];
}

/** What `withsource` calls a branch: a bare table by its name, one that `as` named by that. */
export function labelOf(relation: Relation, node: Syntax | undefined, scope: Scope): string | undefined {
  for (const [name, named] of scope.session.named) if (named === relation) return name;
  if (node?.kind === 'NameReference' && isView(scope.names.get(node.name))) return node.name;
  return relation.kind === 'scan' && (node === undefined || node.kind === 'NameReference') ? relation.table : undefined;
}
