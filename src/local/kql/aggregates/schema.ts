import { scalarTypeOf } from '../json.ts';
import { type Dynamic, isArray, isBag } from '../types.ts';
import { type Aggregate, type AggregateTable, allow, single } from './define.ts';

/** What types were seen at one place of the values. */
interface Shape {
  readonly scalars: Set<string>;
  members: Map<string, Shape> | null;
  items: Shape | null;
}

function emptyShape(): Shape {
  return { scalars: new Set(), members: null, items: null };
}

function widen(shape: Shape, value: Dynamic): void {
  if (value === null) return;
  if (isArray(value)) {
    shape.items ??= emptyShape();
    for (const item of value) widen(shape.items, item);
  } else if (isBag(value)) {
    shape.members ??= new Map();
    for (const [name, member] of Object.entries(value)) {
      const known = shape.members.get(name) ?? emptyShape();
      shape.members.set(name, known);
      widen(known, member);
    }
  } else {
    const type = scalarTypeOf(value);
    if (type !== null) shape.scalars.add(type === 'real' ? 'double' : type);
  }
}

/** A type name, a bag of types, `` `indexer` `` for the items of an array, or a list where there are several. */
function described(shape: Shape): Dynamic {
  const kinds: Dynamic[] = [...shape.scalars];
  const members: [string, Dynamic][] = [...(shape.members ?? [])].map(([name, member]) => [name, described(member)]);
  if (shape.items !== null) members.push(['`indexer`', described(shape.items)]);
  if (shape.members !== null || shape.items !== null) kinds.push(Object.fromEntries(members));
  return kinds.length === 1 ? (kinds[0] ?? null) : kinds.length === 0 ? null : kinds;
}

const buildschema: Aggregate = single((arg, groups) => {
  const shapes = Array.from({ length: groups.count }, emptyShape);
  for (let row = 0; row < groups.of.length; row += 1) {
    const shape = shapes[groups.of[row] as number];
    if (shape !== undefined) widen(shape, arg.cell(row) as Dynamic);
  }
  return shapes.map(described);
}, allow('dynamic'));

export const SCHEMAS: AggregateTable = { buildschema };
