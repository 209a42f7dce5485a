import type { ColumnRef, Derived, Expression, Relation } from '../plan.ts';
import type { Syntax } from '../syntax.ts';
import type { Scope } from './scope.ts';

/** Columns that the expressions of one operator need before they can be computed: window functions and functions of several values. */
export class Derivation {
  readonly #input: Relation;
  readonly #added: Derived[] = [];

  constructor(input: Relation) {
    this.#input = input;
  }

  add(made: Derived, node: Syntax): ColumnRef {
    if (made.kind === 'window' && !isSerialized(this.#input)) {
      throw node.refuse(`${made.name}() over rows without an order (add serialize or sort)`);
    }
    this.#added.push(made);
    return { kind: 'column', type: made.type, index: this.#input.columns.length + this.#added.length - 1 };
  }

  /** The input, with the columns that were added. */
  get relation(): Relation {
    if (this.#added.length === 0) return this.#input;
    const hidden = this.#added.map(({ type }, index) => ({ name: `$${index}`, type }));
    return { kind: 'derive', columns: [...this.#input.columns, ...hidden], input: this.#input, added: this.#added };
  }
}

/** Lowers the expressions of an operator over `input`; what flows into it may have columns more. */
export function deriving<Made>(
  input: Relation,
  scope: Scope,
  lower: (scope: Scope) => Made,
): { readonly input: Relation; readonly made: Made } {
  const derivation = new Derivation(input);
  const made = lower({ ...scope, derivation });
  return { input: derivation.relation, made };
}

/** Whether the rows have an order that later operators keep. */
function isSerialized(relation: Relation): boolean {
  switch (relation.kind) {
    case 'sort':
    case 'range':
    case 'rows':
      return true;
    case 'project':
      return relation.serialized === true || isSerialized(relation.input);
    case 'where':
    case 'take':
    case 'derive':
    case 'parse':
    case 'parsePairs':
    case 'expand':
      return isSerialized(relation.input);
    case 'sharedTable':
      return isSerialized(relation.body);
    case 'given':
      return true;
    default:
      return false;
  }
}

/** Every column of the input as it is. */
export function identity(input: Relation): Expression[] {
  return input.columns.map((spec, index) => ({ kind: 'column', type: spec.type, index }));
}
