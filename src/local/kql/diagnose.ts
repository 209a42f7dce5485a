import type { Diagnostic } from '../../model/errors.ts';
import { nearest } from '../../rules/suggest.ts';
import { diagnosticOf, invalid } from './errors.ts';
import { language, type RawCode } from './language.ts';
import { OPERATOR_NAMES } from './operator-names.ts';
import type { Schema } from './schema.ts';
import { placeOf, Syntax } from './syntax.ts';

/** What the binder says is wrong with a query, each with its place and, where a known name is close, with that name. */
export function bindingErrors(code: RawCode, text: string, schema: Schema): readonly Diagnostic[] {
  const all = code.GetDiagnostics();
  return Array.from({ length: all.Count }, (_, index) => all.getItem(index))
    .filter((found) => found.Severity === 'Error')
    .map((found) => {
      const written = text.slice(found.Start, found.Start + found.Length);
      const near = nearest(written, candidates(found.Code, new Syntax(code.Syntax, text), schema));
      const hint = near === null || near === written ? null : `did you mean \`${near}\`?`;
      return diagnosticOf(invalid(`${found.Code} ${found.Message}`, placeOf(text, found.Start), hint));
    });
}

/** The names that could stand where the binder found none that it knows. */
function candidates(code: string, query: Syntax, schema: Schema): readonly string[] {
  switch (code) {
    case 'KS142':
      return [...declaredNames(query), ...columnsRead(query, schema)];
    case 'KS204':
      return [...Object.keys(schema.tables), ...declaredNames(query)];
    case 'KS211':
      return [...language().functions, ...declaredNames(query)];
    case 'KS176':
      return OPERATOR_NAMES;
    default:
      return [];
  }
}

function declaredNames(query: Syntax): readonly string[] {
  const names = new Set<string>();
  query.walk((node) => {
    if (node.kind === 'NameDeclaration') names.add(node.name);
  });
  return [...names];
}

function columnsRead(query: Syntax, schema: Schema): readonly string[] {
  const names = new Set<string>();
  query.walk((node) => {
    if (node.kind !== 'NameReference' || node.symbolKind !== 'Table') return;
    for (const column of schema.tables[node.name] ?? []) names.add(column.name);
  });
  return [...names];
}
