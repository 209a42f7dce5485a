import type { Diagnostic, ErrorCode } from '../../model/errors.ts';
import type { Syntax } from './syntax.ts';

/*
 * What Microsoft's parser accepts, because Kusto has it, but Log Analytics refuses ("errors"), and what Azure Monitor's log alerts
 * refuse or advise against ("warnings"). Sources: the language differences of Azure Monitor logs, and the page of log search alerts.
 */

const CODE: ErrorCode = 'TCN-R020';

const STATEMENTS: Readonly<Record<string, string>> = {
  AliasStatement: 'alias statements',
  QueryParametersStatement: 'declare query_parameters',
};

const FUNCTIONS: ReadonlyMap<string, string> = new Map([
  ['cluster', 'read another workspace as workspace("name").Table'],
  ['database', 'read another workspace as workspace("name").Table'],
  ['cursor_after', 'compare ingestion_time() instead'],
  ['cursor_before_or_at', 'compare ingestion_time() instead'],
  ['cursor_current', 'compare ingestion_time() instead'],
  ['current_cursor', 'compare ingestion_time() instead'],
  ['current_principal', 'leave it out'],
  ['extent_id', 'leave it out'],
  ['extentid', 'leave it out'],
  ['extent_tags', 'leave it out'],
]);

const PLUGINS: ReadonlySet<string> = new Set(['python', 'sql_request']);

/** What Log Analytics refuses to run. */
export function refusedByLogAnalytics(query: Syntax): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  query.walk((node) => {
    const statement = STATEMENTS[node.kind];
    if (statement !== undefined) found.push(finding(node, 'error', `Log Analytics has no ${statement}`, 'use let'));
    if (node.kind !== 'FunctionCallExpression') return;
    const { name } = node.need('Name');
    const instead = FUNCTIONS.get(name);
    if (instead !== undefined && node.need('Name').symbolKind !== 'Variable') {
      found.push(finding(node, 'error', `Log Analytics has no ${name}()`, instead));
    }
    if (PLUGINS.has(name)) found.push(finding(node, 'error', `Log Analytics has no plugin ${name}`, 'leave it out'));
  });
  return found;
}

/** What does not become a log alert of Azure Monitor, or a costly one. */
export function againstAlertRules(query: Syntax): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  const [first] = operators(query);
  if (first?.kind === 'SearchOperator' || first?.kind === 'FindOperator' || first?.kind === 'UnionOperator') {
    const crossResource = /\b(?:workspace|app|resource)\s*\(/.test(first.text);
    const word = first.text.split(/[^a-z]/)[0];
    if (!crossResource) found.push(finding(first, 'warning', `a log alert may not begin with ${word}`, 'begin with a table'));
  }
  const piped = new Set<number>();
  query.walk((node) => {
    switch (node.kind) {
      case 'PipeExpression':
        piped.add(node.need('Operator').start);
        break;
      case 'TakeOperator':
        found.push(
          finding(node, 'warning', 'take keeps any rows, so an alert can miss those that matter', 'use top, or summarize'),
        );
        break;
      case 'SearchOperator':
      case 'FindOperator':
        if (node.child('InClause') === undefined && !piped.has(node.start)) {
          found.push(finding(node, 'warning', 'this reads every table of the workspace', 'name the tables: in (T1, T2)'));
        }
        break;
      case 'UnionOperator':
        for (const item of node.list('Expressions')) {
          if (item.kind === 'NameReference' && item.text.includes('*')) {
            found.push(finding(item, 'warning', `union ${item.text} reads every table of that name`, 'name the tables'));
          }
        }
        break;
    }
  });
  return [...found, ...timeLost(operators(query))];
}

const ROWWISE: ReadonlySet<string> = new Set(['FilterOperator', 'ExtendOperator', 'SortOperator', 'TopOperator', 'TakeOperator']);
const SELECTING: ReadonlySet<string> = new Set(['ProjectOperator', 'ProjectAwayOperator', 'ProjectKeepOperator']);

/** Bins of time whose times a later projection leaves out: the rows cannot be told apart by time any more. */
function timeLost(pipe: readonly Syntax[]): readonly Diagnostic[] {
  const at = pipe.findLastIndex(({ kind }) => kind === 'SummarizeOperator');
  const keys = pipe[at]?.child('ByClause')?.list('Expressions') ?? [];
  if (!keys.some((key) => /\bbin(?:_at)?\s*\(/.test(key.text) && key.scalarType === 'datetime')) return [];
  for (const operator of pipe.slice(at + 1)) {
    if (SELECTING.has(operator.kind) && operator.columns?.some(({ type }) => type === 'datetime') === false) {
      return [finding(operator, 'warning', 'this leaves out the time of the bins', 'keep the column')];
    }
    if (!ROWWISE.has(operator.kind) && !SELECTING.has(operator.kind)) return [];
  }
  return [];
}

/** What the result's pipe begins with, and its operators in order. */
function operators(query: Syntax): readonly Syntax[] {
  const found: Syntax[] = [];
  let node = query.list('Statements').at(-1)?.child('Expression');
  while (node?.kind === 'PipeExpression' || node?.kind === 'ParenthesizedExpression') {
    const operator = node.child('Operator');
    if (operator !== undefined) found.unshift(operator);
    node = node.child('Expression');
  }
  return node === undefined ? found : [node, ...found];
}

function finding(node: Syntax, severity: Diagnostic['severity'], message: string, hint: string): Diagnostic {
  const { line, column } = node.place;
  return { code: CODE, severity, file: '', line, column, message, hint };
}
