import { createRequire } from 'node:module';

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
    readonly TableSymbol: { readonly $ctor7: new (name: string, schema: string, description: string | null) => object };
    readonly SymbolKind: Readonly<Record<string, unknown>>;
  };
  readonly Syntax: { readonly SyntaxKind: Readonly<Record<string, unknown>> };
  readonly Binding: { readonly Binder: { GetExpressionResultName(node: RawNode, otherwise: string, row: null): string | null } };
  readonly Functions: { readonly All: readonly { readonly Name: string }[] };
  readonly Aggregates: { readonly All: readonly { readonly Name: string }[] };
  readonly PlugIns: { readonly All: readonly { readonly Name: string }[] };
}

export interface Language {
  parse(text: string, tables: Readonly<Record<string, string>>): RawCode;
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
  const states = new Map<string, Globals>();
  // Most tables are the same in every query; only those that are open differ.
  const known = new Map<string, object>();
  const tableOf = (name: string, columns: string): object => {
    const key = `${name} ${columns}`;
    const made = known.get(key) ?? new Symbols.TableSymbol.$ctor7(name, `(${columns})`, null);
    if (known.size >= 1_000) known.clear();
    known.set(key, made);
    return made;
  };
  const stateOf = (tables: Readonly<Record<string, string>>): Globals => {
    const key = JSON.stringify(tables);
    const state = states.get(key);
    if (state !== undefined) return state;
    const members = Object.entries(tables).map(([name, columns]) => tableOf(name, columns));
    const made = GlobalState.Default.WithDatabase(new Symbols.DatabaseSymbol.ctor('workspace', members));
    if (states.size >= 32) states.clear();
    states.set(key, made);
    return made;
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
