import { silenceCovers } from '../../../src/alerts/silence.ts';
import type { Labels } from '../../../src/model/labels.ts';
import { parseMatchers } from '../../../src/model/matcher.ts';
import { type AlertingCase, compared, type Fields, failed, fields, list, text, type Verdict } from './case.ts';

/** Azure's operators as matchers over the values; the dots and stars of a value are meant as they are. */
function matcherOf({ field, op, values }: Fields): string | null {
  const any = list(values)
    .map((value) => text(value).replace(/[\\^$.|?*+()[\]{}]/g, '\\$&'))
    .join('|');
  const written = (operator: string, expression: string) =>
    `"${text(field)}"${operator}"${expression.replace(/["\\]/g, '\\$&')}"`;
  switch (text(op, 'Equals').toLowerCase().replace(/\s+/g, '')) {
    case 'equals':
      return written('=~', any);
    case 'doesnotequal':
    case 'notequals':
      return written('!~', any);
    case 'contains':
      return written('=~', `.*(?:${any}).*`);
    case 'doesnotcontain':
      return written('!~', `.*(?:${any}).*`);
    case 'startswith':
      return written('=~', `(?:${any}).*`);
    default:
      return null;
  }
}

/** Filters of an alert processing rule that suppresses, written as a silence: which alerts it applies to. */
export async function processingRule({ given, expect }: AlertingCase): Promise<Verdict> {
  const written = list(given.filters).map((filter) => matcherOf(fields(filter)));
  const set = parseMatchers(written.join(', '));
  if (written.includes(null) || typeof set === 'string' || expect.applies === undefined) {
    return failed(`the fields of the case are not understood: ${Object.keys(given).join(', ')}`);
  }
  const applies = list(given.alerts).map((labels) => silenceCovers({ matchers: [set], resources: [] }, fields(labels) as Labels));
  return compared('applies', applies, expect.applies);
}
