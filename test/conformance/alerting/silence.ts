import { canUpdate, silenceCovers } from '../../../src/alerts/silence.ts';
import type { Labels } from '../../../src/model/labels.ts';
import { type Matcher, parseMatchers } from '../../../src/model/matcher.ts';
import type { Silence } from '../../../src/model/silence.ts';
import { type AlertingCase, compared, type Fields, fields, list, notUnderstood, text, type Verdict } from './case.ts';
import { matcherOf } from './tocsin-yaml.ts';

const BASE = Date.parse('2026-01-01T00:00:00Z');

/** Seconds from the start of the case, or ISO 8601. */
const timeOf = (value: unknown): number => {
  if (typeof value === 'number') return BASE + value * 1000;
  return value === undefined || value === null ? 0 : Date.parse(text(value));
};

export function matcherSet(written: unknown): readonly Matcher[] {
  const found = parseMatchers(
    list(written)
      .map((one) => matcherOf(fields(one)))
      .join(', '),
  );
  if (typeof found === 'string') throw new Error(found);
  return found;
}

/** A list of matchers, or a list of such lists. */
const setsOf = (written: unknown): readonly (readonly Matcher[])[] =>
  Array.isArray(list(written)[0]) ? list(written).map(matcherSet) : [matcherSet(written)];

/** Labels and silences: which of these cover them. */
export async function silenceMatch({ given, expect }: AlertingCase): Promise<Verdict> {
  if (!Array.isArray(given.silences) || !Array.isArray(expect.matches)) return notUnderstood({ ...given, ...expect });
  const covered = list(given.silences).map((sets) =>
    silenceCovers({ matchers: setsOf(sets), resources: [] }, fields(given.labels) as Labels),
  );
  return compared('matches', covered, expect.matches);
}

/** `null` where its fields are others than these. */
function silenceOf(written: Fields): Silence | null {
  const startsAt = timeOf(written.starts_at ?? written.startsAt);
  const endsAt = timeOf(written.ends_at ?? written.endsAt);
  if (!Array.isArray(written.matchers) || Number.isNaN(startsAt) || Number.isNaN(endsAt)) return null;
  return {
    id: 'case',
    matchers: setsOf(written.matchers),
    resources: [],
    author: text(written.author ?? written.created_by),
    comment: text(written.comment),
    startsAt,
    endsAt,
    recurrence: null,
    updatedAt: timeOf(written.updated_at ?? written.starts_at),
  };
}

/** A silence as it was and as it should be: whether it may. */
export async function silenceUpdate({ given, expect }: AlertingCase): Promise<Verdict> {
  const cases = Object.values(given).find(Array.isArray);
  const written = cases === undefined ? [given] : cases.map(fields);
  const allowed = written.map((one) => {
    // Whatever the two are called, the one that is there comes first.
    const [before, after] = Object.values(one)
      .filter((value) => typeof value === 'object' && value !== null)
      .map((value) => silenceOf(fields(value)));
    return before && after ? canUpdate(before, after, timeOf(one.now ?? given.now ?? 0)) : null;
  });
  const stated = written.map(({ ok, allowed: may, can_update }) => ok ?? may ?? can_update);
  const wanted = Object.values(expect)[0] ?? stated;
  if (allowed.includes(null) || [wanted].flat().some((one) => typeof one !== 'boolean'))
    return notUnderstood({ ...given, ...expect });
  return compared('allowed', Array.isArray(wanted) ? allowed : allowed[0], wanted);
}
