import { createRequire } from 'node:module';
import { type Column, columnsOf, tableNames } from './catalogue.ts';
import type { BindQuery, BoundQuery } from './resolve-log.ts';

/*
 * KQL analysis with Microsoft's own parser. It costs about a second and 100 MB the first time, so it belongs to the command line and
 * the build, never to the deployed app.
 */

/** A .NET list as Bridge.NET gives it. */
interface List<Item> {
  readonly Count: number;
  getItem(index: number): Item;
}

interface KustoDiagnostic {
  readonly Code: string;
  readonly Severity: string;
  readonly Message: string;
  readonly Start: number;
}

interface KustoColumn {
  readonly Name: string;
  readonly Type: { readonly Name: string };
}

interface KustoCode {
  GetDiagnostics(): List<KustoDiagnostic>;
  TryGetLineAndOffset(position: number, line: { v: number }, offset: { v: number }): boolean;
  readonly ResultType: { readonly Columns?: List<KustoColumn> } | null;
}

type Globals = { WithDatabase(database: object): Globals };

interface Kusto {
  readonly KustoCode: { ParseAndAnalyze(text: string, globals: Globals): KustoCode };
  readonly GlobalState: { readonly Default: Globals };
  readonly Symbols: {
    readonly TableSymbol: { readonly $ctor7: new (name: string, columns: string, description: null) => object };
    readonly DatabaseSymbol: { readonly ctor: new (name: string, tables: readonly object[]) => object };
  };
}

let loaded: Kusto | null = null;

/** Analyses queries against the documented tables; loads the parser at the first call. */
export function kqlBinder(): BindQuery {
  const answers = new Map<string, BoundQuery>();
  return (query) => {
    const known = answers.get(query);
    if (known !== undefined) return known;
    const answer = analyse(query, kusto());
    answers.set(query, answer);
    return answer;
  };
}

/** The package's entry point does not load its own runtime; these two files in this order do. They leave three globals. */
function kusto(): Kusto {
  if (loaded !== null) return loaded;
  const require = createRequire(import.meta.url);
  require('@kusto/language-service-next/bridge.min.js');
  require('@kusto/language-service-next/Kusto.Language.Bridge.min.js');
  loaded = (globalThis as unknown as { Kusto: { Language: Kusto } }).Kusto.Language;
  return loaded;
}

function analyse(query: string, { KustoCode, GlobalState, Symbols }: Kusto): BoundQuery {
  const tables = tableNames().map((name) => new Symbols.TableSymbol.$ctor7(name, `(${signatureOf(name, query)})`, null));
  const database = new Symbols.DatabaseSymbol.ctor('workspace', tables);
  const code = KustoCode.ParseAndAnalyze(query, GlobalState.Default.WithDatabase(database));
  const stated = items(code.GetDiagnostics()).filter((each) => !isCustomTable(each));
  const problems = stated.map((each) => {
    const line = { v: 1 };
    const column = { v: 1 };
    code.TryGetLineAndOffset(each.Start, line, column);
    return {
      line: line.v,
      column: column.v,
      message: `${each.Code} ${each.Message}`,
      severity: each.Severity === 'Error' ? ('error' as const) : ('warning' as const),
    };
  });
  const columns = items(code.ResultType?.Columns).map((column) => ({ name: column.Name, type: column.Type.Name }));
  return { problems, columns: problems.some(({ severity }) => severity === 'error') ? [] : columns };
}

/** Custom tables exist only in the user's workspace: that they are unknown here says nothing. */
function isCustomTable({ Code, Message }: KustoDiagnostic): boolean {
  return (Code === 'KS204' || Code === 'KS142') && /'[^']*_CL'/.test(Message);
}

const SUFFIXES: readonly (readonly [RegExp, string])[] = [
  [/_s$/, 'string'],
  [/_d$/, 'real'],
  [/_b$/, 'bool'],
  [/_t$/, 'datetime'],
  [/_g$/, 'guid'],
];

/**
 * Columns of a table as the parser wants them. AzureDiagnostics grows a column for every property sent to it, typed by its suffix, so
 * those that the query names are added; every other name stays checked.
 */
function signatureOf(table: string, query: string): string {
  const known = columnsOf(table) ?? [];
  const extra: readonly Column[] =
    table === 'AzureDiagnostics' ? suffixedNames(query, new Set(known.map(({ name }) => name))) : [];
  return [...known, ...extra].map(({ name, type }) => `['${name}']:${type}`).join(', ');
}

function suffixedNames(query: string, known: ReadonlySet<string>): readonly Column[] {
  const names = new Set([...query.matchAll(/\b[A-Za-z][A-Za-z0-9_]*_[sdbtg]\b/g)].map(([name]) => name));
  return [...names].flatMap((name) => {
    const type = SUFFIXES.find(([suffix]) => suffix.test(name))?.[1];
    return known.has(name) || type === undefined ? [] : [{ name, type }];
  });
}

function items<Item>(list: List<Item> | undefined): readonly Item[] {
  return Array.from({ length: list?.Count ?? 0 }, (_, index) => (list as List<Item>).getItem(index));
}
