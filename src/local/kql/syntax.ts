import { invalid, type Place, type QueryProblem, unsupported } from './errors.ts';
import { language, type RawList, type RawNode, type RawSymbol } from './language.ts';
import { type ColumnSpec, isKustoType, type KustoType } from './types.ts';

/** One node of the parser's tree, in words of ours. */
export class Syntax {
  readonly #raw: RawNode;
  readonly #source: string;
  /** Where the tree of the node begins in the source: a function's body is a tree of its own for every call. */
  readonly #offset: number;

  constructor(raw: RawNode, source: string, offset = 0) {
    this.#raw = raw;
    this.#source = source;
    this.#offset = offset;
  }

  #make(raw: RawNode): Syntax {
    return new Syntax(raw, this.#source, this.#offset);
  }

  /** The node's kind as the parser names it, e.g. `FilterOperator`. */
  get kind(): string {
    return language().kinds.get(this.#raw.Kind) ?? `kind ${this.#raw.Kind}`;
  }

  get text(): string {
    return this.#source.slice(this.#offset + this.#raw.TextStart, this.#offset + this.#raw.End);
  }

  /** Where the node begins in the source, counted from 0. */
  get start(): number {
    return this.#offset + this.#raw.TextStart;
  }

  get place(): Place {
    return placeOf(this.#source, this.start);
  }

  /** A named part, where it is written. */
  child(name: string): Syntax | undefined {
    const raw = this.#raw[name] as RawNode | null | undefined;
    return raw === null || raw === undefined || raw.IsMissing ? undefined : this.#make(raw);
  }

  need(name: string): Syntax {
    const child = this.child(name);
    if (child === undefined) throw invalid(`${name} is missing`, this.place);
    return child;
  }

  /** The elements of a named list, without their separators. */
  list(name: string): readonly Syntax[] {
    const raw = this.#raw[name] as RawList | null | undefined;
    return this.#elements(raw);
  }

  /** All direct parts that are nodes or tokens, empty optional ones left out. */
  get children(): readonly Syntax[] {
    const found: Syntax[] = [];
    for (let index = 0; index < this.#raw.ChildCount; index += 1) {
      const child = this.#raw.GetChild(index);
      if (child !== null && !child.IsMissing) found.push(this.#make(child));
    }
    return found;
  }

  /** Calls `visit` for this node and all nodes below it, in the order of the text. */
  walk(visit: (node: Syntax) => void): void {
    visit(this);
    for (const child of this.children) child.walk(visit);
  }

  /** The name in a name reference or declaration. */
  get name(): string {
    return String(this.#raw.SimpleName ?? this.text);
  }

  /** The name that a column without one takes from its expression; empty when it takes none. */
  get resultName(): string {
    return language().resultName(this.#raw);
  }

  /** What the binder says the node's name stands for: `Column`, `Variable`, `Function`, `Table`, … */
  get symbolKind(): string | undefined {
    const symbol = this.#raw.ReferencedSymbol as RawSymbol | null | undefined;
    return symbol === null || symbol === undefined ? undefined : language().symbolKinds.get(symbol.Kind);
  }

  /** The decoded text of a string literal, or of its token. */
  get stringValue(): string {
    return String(this.#raw.LiteralValue ?? this.#raw.ValueText ?? '');
  }

  /** The scalar type that the binder found, or `undefined` for tables, tuples and unknown types. */
  get scalarType(): KustoType | undefined {
    const name = (this.#raw.ResultType as RawSymbol | null | undefined)?.Name;
    return name !== undefined && isKustoType(name) ? name : undefined;
  }

  /** The scalar type, or a refusal. */
  get type(): KustoType {
    const type = this.scalarType;
    if (type === undefined) {
      const name = (this.#raw.ResultType as RawSymbol | null | undefined)?.Name ?? 'unknown';
      throw unsupported(`a value of type ${name} (${clip(this.text)})`, this.place);
    }
    return type;
  }

  /**
   * The columns of a tabular node, or of an aggregate that yields several; `undefined` for a scalar. Where `parse` replaces a column the
   * binder lists it twice: it stands in its first place with its last type.
   */
  get columns(): readonly ColumnSpec[] | undefined {
    const columns = (this.#raw.ResultType as RawSymbol | null | undefined)?.Columns;
    if (columns === undefined || columns === null) return undefined;
    const found = new Map<string, ColumnSpec>();
    for (let index = 0; index < columns.Count; index += 1) {
      const column = columns.getItem(index) as RawSymbol;
      const type = column.Type?.Name ?? 'unknown';
      if (!isKustoType(type)) throw unsupported(`column ${column.Name} of type ${type}`, this.place);
      found.set(column.Name, { name: column.Name, type });
    }
    return [...found.values()];
  }

  /** Whether the node yields several values at once, as `series_stats(…)` does. */
  get isTuple(): boolean {
    const type = this.#raw.ResultType as RawSymbol | null | undefined;
    return type !== null && type !== undefined && language().symbolKinds.get(type.Kind) === 'Tuple';
  }

  /** Whether the binder knows nothing of the name, which only `union isfuzzy=true` lets pass. */
  get isUnresolved(): boolean {
    return this.symbolKind === undefined;
  }

  /**
   * The body of the function that is called here, bound to the types of these arguments; `undefined` for functions that are not the
   * query's own. `declared` is the body as it is declared, which says where it stands.
   */
  calledBody(declared: Syntax): Syntax | undefined {
    const body = (this.#raw as RawNode & { GetCalledFunctionBody?: () => RawNode | null }).GetCalledFunctionBody?.();
    if (body === null || body === undefined) return undefined;
    return new Syntax(body, declared.#source, declared.#offset + declared.#raw.TextStart - body.TextStart);
  }

  get tableColumns(): readonly ColumnSpec[] {
    const { columns } = this;
    if (columns === undefined) throw unsupported(`the shape of ${clip(this.text)}`, this.place);
    return columns;
  }

  refuse(what: string): QueryProblem {
    return unsupported(what, this.place);
  }

  #elements(raw: RawList | null | undefined): readonly Syntax[] {
    return Array.from({ length: raw?.Count ?? 0 }, (_, index) => {
      const item = raw?.getItem(index) as RawNode;
      const element = item.Element$1 as RawNode | undefined;
      return this.#make(element ?? item);
    });
  }
}

export function placeOf(source: string, offset: number): Place {
  const before = source.slice(0, offset);
  const line = before.split('\n').length;
  return { line, column: offset - before.lastIndexOf('\n') };
}

function clip(text: string): string {
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}
