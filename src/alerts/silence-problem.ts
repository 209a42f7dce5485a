import { DAY } from '../model/duration.ts';
import { type Matcher, matcherProblem, matchesAll } from '../model/matcher.ts';
import { recurrenceProblem } from '../model/recurrence.ts';
import type { Silence } from '../model/silence.ts';

/** A silence that outlasts this is a change of what is watched, not of a day's work. */
const LONG = 30 * DAY;

const LONGEST_TEXT = 1_000;
const MOST_CONDITIONS = 100;
const MOST_TIME = 8.64e15;

/** What is wrong with a silence that somebody wants from now on, `null` when nothing is. */
export function silenceProblem(silence: Omit<Silence, 'id' | 'updatedAt'>, now: number): string | null {
  const { matchers, resources, author, comment, startsAt, endsAt, recurrence } = silence;
  if (author.trim() === '') return 'it has no author';
  if (comment.trim() === '') return 'it has no comment: say why nobody is to be told';
  if (author.length > LONGEST_TEXT || comment.length > LONGEST_TEXT)
    return `author and comment have at most ${LONGEST_TEXT} characters`;
  if (matchers.length + resources.length === 0) return 'it names neither matchers nor resources';
  if (matchers.flat().length + resources.length > MOST_CONDITIONS) return `it has more than ${MOST_CONDITIONS} conditions`;
  const wrong = matchers
    .flat()
    .map(matcherProblem)
    .find((problem) => problem !== null);
  if (wrong !== undefined) return wrong;
  if (resources.length === 0 && matchers.some(matchesNothingSaid)) return 'matchers that fit an alert without labels fit any';
  const foreign = resources.find((id) => !id.startsWith('/'));
  if (foreign !== undefined) return `${JSON.stringify(foreign)} is no resource id: they begin with /subscriptions/`;
  if (!(Math.abs(startsAt) <= MOST_TIME) || (endsAt !== null && !(Math.abs(endsAt) <= MOST_TIME))) return 'a time is not valid';
  if (endsAt !== null && endsAt <= startsAt) return 'it ends before it starts';
  if (endsAt !== null && endsAt <= now) return 'it is over already';
  return recurrence === null ? null : recurrenceProblem(recurrence);
}

/** Whether it has no end, or one so late that it takes an admin. */
export function isLong({ startsAt, endsAt }: Pick<Silence, 'startsAt' | 'endsAt'>, now: number): boolean {
  return endsAt === null || endsAt - Math.max(startsAt, now) > LONG;
}

function matchesNothingSaid(matchers: readonly Matcher[]): boolean {
  return matchesAll(matchers, {});
}
