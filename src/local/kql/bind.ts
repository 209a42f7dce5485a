import type { BindQuery, BoundQuery } from '../../rules/resolve-log.ts';
import { withoutPrefixes } from './cross.ts';
import { bindingErrors } from './diagnose.ts';
import { diagnosticOf, QueryProblem } from './errors.ts';
import { language } from './language.ts';
import { againstAlertRules, refusedByLogAnalytics } from './lint.ts';
import { openSchema, tablesMeant } from './schema.ts';
import { AZURE_SCHEMA } from './schemas.ts';
import { Syntax } from './syntax.ts';

/**
 * Checks queries of rules: whether Azure would run them, whether they make good alerts, and the columns of their results. It costs about
 * a second and 100 MB the first time, so it belongs to the command line and the build, never to the deployed app.
 */
export function kqlBinder(): BindQuery {
  const answers = new Map<string, BoundQuery>();
  return (query) => {
    const known = answers.get(query) ?? analyse(query);
    answers.set(query, known);
    return known;
  };
}

function analyse(query: string): BoundQuery {
  const schema = rulesSchema(query);
  try {
    const local = withoutPrefixes(query);
    const code = language().parse(local, tablesMeant(local, schema));
    const syntax = new Syntax(code.Syntax, query);
    const refused = refusedByLogAnalytics(syntax);
    const errors =
      refused.length > 0 ? refused : bindingErrors(code, query, schema).filter((each) => !ofCustomTable(each.message));
    if (errors.length > 0) return { problems: errors, columns: [] };
    const columns = code.ResultType?.Columns;
    return {
      problems: againstAlertRules(syntax),
      columns: Array.from({ length: columns?.Count ?? 0 }, (_, index) => {
        const column = columns?.getItem(index) as { readonly Name: string; readonly Type?: { readonly Name: string } };
        return { name: column.Name, type: column.Type?.Name ?? 'unknown' };
      }),
    };
  } catch (error) {
    if (error instanceof QueryProblem) return { problems: [diagnosticOf(error)], columns: [] };
    throw error;
  }
}

/** Custom tables exist only in the user's workspace: what is not known of them here says nothing. */
function rulesSchema(query: string) {
  const { tables } = openSchema(query, AZURE_SCHEMA);
  return { tables: Object.fromEntries(Object.entries(tables).filter(([name]) => !name.endsWith('_CL'))) };
}

function ofCustomTable(message: string): boolean {
  return /^KS(?:204|142) .*'[^']*_CL'/.test(message);
}
