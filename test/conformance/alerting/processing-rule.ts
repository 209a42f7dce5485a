import { silenceCovers } from '../../../src/alerts/silence.ts';
import type { Labels } from '../../../src/model/labels.ts';
import { parseMatchers } from '../../../src/model/matcher.ts';
import { alertOf, TARGET } from '../../alerts/make.ts';
import { HOUR, START, World } from '../../app/deliver-world.ts';
import {
  type AlertingCase,
  compared,
  type Fields,
  failed,
  fields,
  list,
  notUnderstood,
  PASSED,
  text,
  unsupported,
  type Verdict,
} from './case.ts';

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
  if (expect.applies === undefined) return Object.keys(expect).length === 0 ? notUnderstood(given) : endOfSuppression(expect);
  const written = list(given.filters).map((filter) => matcherOf(fields(filter)));
  const set = parseMatchers(written.join(', '));
  if (written.includes(null) || typeof set === 'string') {
    return notUnderstood(given);
  }
  const applies = list(given.alerts).map((labels) => silenceCovers({ matchers: [set], resources: [] }, fields(labels) as Labels));
  return compared('applies', applies, expect.applies);
}

/** An alert that fires throughout a suppression: what its receiver is told once that is over. Azure tells nothing. */
async function endOfSuppression(expect: Fields): Promise<Verdict> {
  const world = new World([{}], { groupWait: 0 });
  const silence = { id: 'case', matchers: [], resources: [TARGET], author: 'case', comment: '', recurrence: null };
  await world.silences.replace({ ...silence, startsAt: START, endsAt: START + HOUR, updatedAt: START }, null);
  await world.fire(alertOf('chat'));
  await world.run(2 * HOUR);
  const reasons = world.posts.map(({ body }) => body.reason);
  if (reasons.join() !== 'released') return failed(`told after the suppression: ${reasons.join()}`);
  const wanted = Object.values(expect);
  if (wanted.every((value) => value === false || value === 0 || JSON.stringify(value) === '[]')) return unsupported('released');
  return wanted.every((value) => value === true || value === 1) ? PASSED : notUnderstood(expect);
}
