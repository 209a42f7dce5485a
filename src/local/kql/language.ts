import { createRequire } from 'node:module';
import type { ColumnSpec } from './types.ts';

/*
 * Microsoft's parser and binder for KQL, loaded on first use: two scripts that set `globalThis.Kusto`. Its objects come from another
 * runtime (lists with getItem, boxed 64-bit numbers); only this file and syntax.ts touch them.
 */

export interface RawList {
  readonly Count: number;
  getItem(index: number): RawNode | RawSymbol;
}

export interface RawSymbol {
  readonly Name: string;
  readonly Kind: number;
  readonly Type?: RawSymbol;
  readonly Columns?: RawList;
}

export interface RawNode {
  readonly Kind: number;
  readonly IsMissing: boolean;
  readonly IsToken: boolean;
  readonly TextStart: number;
  readonly End: number;
  readonly ChildCount: number;
  GetChild(index: number): RawNode | null;
  readonly [property: string]: unknown;
}

interface RawDiagnostic {
  readonly Code: string;
  readonly Severity: string;
  readonly Start: number;
  readonly Length: number;
  readonly Message: string;
}

export interface RawCode {
  readonly Syntax: RawNode;
  readonly ResultType: RawSymbol | null;
  GetDiagnostics(): { readonly Count: number; getItem(index: number): RawDiagnostic };
}

interface Globals {
  WithDatabase(database: object): Globals;
}

interface Kusto {
  readonly KustoCode: { ParseAndAnalyze(text: string, globals: Globals): RawCode };
  readonly GlobalState: { readonly Default: Globals };
  readonly Symbols: {
    readonly DatabaseSymbol: { readonly ctor: new (name: string, members: readonly object[]) => object };
    readonly TableSymbol: { readonly $ctor4: new (name: string, columns: readonly object[]) => object };
    readonly ColumnSymbol: new (name: string, type: object) => object;
    readonly ScalarTypes: { GetSymbol(type: string): object };
    readonly SymbolKind: Readonly<Record<string, unknown>>;
  };
  readonly Syntax: { readonly SyntaxKind: Readonly<Record<string, unknown>> };
  readonly Binding: { readonly Binder: { GetExpressionResultName(node: RawNode, otherwise: string, row: null): string | null } };
  readonly Functions: { readonly All: readonly { readonly Name: string }[] };
  readonly Aggregates: { readonly All: readonly { readonly Name: string }[] };
  readonly PlugIns: { readonly All: readonly { readonly Name: string }[] };
}

export interface Language {
  parse(text: string, tables: Readonly<Record<string, readonly ColumnSpec[]>>): RawCode;
  readonly kinds: ReadonlyMap<number, string>;
  readonly symbolKinds: ReadonlyMap<number, string>;
  /** The name that a column takes from its expression, as `tostring(x)` is called `x`; empty when it takes none. */
  resultName(node: RawNode): string;
  /** Names of all functions, aggregates and plugins that the binder knows. */
  readonly functions: readonly string[];
}

let loaded: Language | null = null;

/** Loads the parser: about 250 ms, and a second more at the first query, once per process. */
export function language(): Language {
  loaded ??= load();
  return loaded;
}

function load(): Language {
  const require = createRequire(import.meta.url);
  require('@kusto/language-service-next/bridge.min.js');
  require('@kusto/language-service-next/Kusto.Language.Bridge.min.js');
  const { KustoCode, GlobalState, Symbols, Syntax, Binding, Functions, Aggregates, PlugIns } = (
    globalThis as unknown as { Kusto: { Language: Kusto } }
  ).Kusto.Language;
  const { TableSymbol, ColumnSymbol, ScalarTypes, DatabaseSymbol } = Symbols;
  // Most tables are the same in every query; only those that are open differ.
  const known = new WeakMap<readonly ColumnSpec[], object>();
  const tableOf = (name: string, columns: readonly ColumnSpec[]): object => {
    const made =
      known.get(columns) ??
      new TableSymbol.$ctor4(
        name,
        columns.map((column) => new ColumnSymbol(column.name, ScalarTypes.GetSymbol(column.type))),
      );
    known.set(columns, made);
    return made;
  };
  const stateOf = (tables: Readonly<Record<string, readonly ColumnSpec[]>>): Globals => {
    const members = Object.entries(tables).map(([name, columns]) => tableOf(name, columns));
    return GlobalState.Default.WithDatabase(new DatabaseSymbol.ctor('workspace', members));
  };
  return {
    parse: (text, tables) => KustoCode.ParseAndAnalyze(text, stateOf(tables)),
    kinds: namesByNumber(Syntax.SyntaxKind),
    symbolKinds: namesByNumber(Symbols.SymbolKind),
    resultName: (node) => Binding.Binder.GetExpressionResultName(node, '', null) ?? '',
    functions: [Functions, Aggregates, PlugIns].flatMap(({ All }) => All.map(({ Name }) => Name)),
  };
}

function namesByNumber(names: Readonly<Record<string, unknown>>): ReadonlyMap<number, string> {
  return new Map(Object.entries(names).flatMap(([name, value]) => (typeof value === 'number' ? [[value, name] as const] : [])));
}
