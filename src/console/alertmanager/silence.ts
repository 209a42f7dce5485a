import { formatDuration, parseDuration } from '../../model/duration.ts';
import type { Matcher, MatchOperator } from '../../model/matcher.ts';
import type { Recurrence, Silence, SilenceStatus } from '../../model/silence.ts';

/** A matcher as Alertmanager's API has it. */
export interface MatcherJson {
  readonly name: string;
  readonly value: string;
  readonly isRegex: boolean;
  readonly isEqual: boolean;
}

/** `gettableSilence` of Alertmanager's OpenAPI, and what it has no member for. */
export interface SilenceJson {
  readonly id: string;
  readonly status: { readonly state: SilenceStatus };
  readonly updatedAt: string;
  readonly comment: string;
  readonly createdBy: string;
  readonly startsAt: string;
  /** The year 9999 stands for none. */
  readonly endsAt: string;
  readonly matchers: readonly MatcherJson[];
  /** Every set; absent where `matchers` is the only one. */
  readonly matcherSets?: readonly (readonly MatcherJson[])[];
  readonly resources?: readonly string[];
  readonly recurrence?: { readonly cron: string; readonly zone: string; readonly duration: string };
  /** It stands in tocsin.yaml. */
  readonly declared?: true;
}

export type SilenceFields = Omit<Silence, 'id' | 'updatedAt' | 'declared'> & { readonly id: string | null };

const NO_END = '9999-12-31T23:59:59.000Z';

export function silenceJson(silence: Silence, state: SilenceStatus): SilenceJson {
  const { id, comment, author, matchers, resources, recurrence, declared } = silence;
  const sets = matchers.map((set) => set.map(matcherJson));
  return {
    id,
    status: { state },
    updatedAt: iso(silence.updatedAt),
    comment,
    createdBy: author,
    startsAt: iso(silence.startsAt),
    endsAt: silence.endsAt === null ? NO_END : iso(silence.endsAt),
    matchers: sets[0] ?? [resourceMatcher(resources)],
    ...(sets.length > 1 && { matcherSets: sets }),
    ...(resources.length > 0 && { resources }),
    ...(recurrence !== null && { recurrence: { ...recurrence, duration: formatDuration(recurrence.duration) } }),
    ...(declared === true && { declared }),
  };
}

/** A silence as a client sends it; a text says what is not understood. Whether it makes sense is asked elsewhere. */
export function silenceFields(json: unknown, now: number): SilenceFields | string {
  if (!isObject(json)) return 'a silence is an object';
  const { id = '', matchers = [], matcherSets, resources = [], createdBy = '', comment = '', recurrence = null } = json;
  const startsAt = json.startsAt === undefined ? now : timeOf(json.startsAt);
  const endsAt = json.endsAt === undefined || json.endsAt === null ? null : timeOf(json.endsAt);
  if (startsAt === null) return 'startsAt is not a time such as 2026-11-21T08:00:00Z';
  if (endsAt === null && typeof json.endsAt === 'string') return 'endsAt is not a time such as 2026-11-21T08:00:00Z';
  if (typeof id !== 'string' || typeof createdBy !== 'string' || typeof comment !== 'string')
    return 'id, createdBy and comment are texts';
  if (!Array.isArray(resources) || !resources.every((each) => typeof each === 'string')) return 'resources are a list of ids';
  const written: unknown = matcherSets ?? (Array.isArray(matchers) && matchers.length === 0 ? [] : [matchers]);
  if (!Array.isArray(written)) return 'matcherSets are a list of lists of matchers';
  const sets = written.map(matcherSet);
  const wrong = sets.find((set) => typeof set === 'string');
  if (typeof wrong === 'string') return wrong;
  const recurs = recurrence === null ? null : recurrenceOf(recurrence);
  if (typeof recurs === 'string') return recurs;
  const given = sets.filter((set) => typeof set !== 'string');
  return {
    id: id === '' ? null : id,
    matchers:
      resources.length > 0 && matcherSets === undefined ? given.filter((set) => !isResourceMatcher(set, resources)) : given,
    resources,
    author: createdBy,
    comment,
    startsAt,
    endsAt: endsAt !== null && endsAt >= Date.parse(NO_END) - 1_000 ? null : endsAt,
    recurrence: recurs,
  };
}

function matcherJson({ name, op, value }: Matcher): MatcherJson {
  return { name, value, isRegex: op.endsWith('~'), isEqual: op.startsWith('=') };
}

/** A silence by resource alone as clients of Alertmanager can show it. */
function resourceMatcher(resources: readonly string[]): MatcherJson {
  const any = resources.map((id) => id.toLowerCase().replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return { name: 'target', value: `(?:${any.join('|')})(?:/.*)?`, isRegex: true, isEqual: true };
}

/** What this API made of the resources comes back when a client changes a silence. */
function isResourceMatcher(set: readonly Matcher[], resources: readonly string[]): boolean {
  const [only, ...more] = set;
  return only !== undefined && more.length === 0 && only.op === '=~' && only.value === resourceMatcher(resources).value;
}

function matcherSet(json: unknown): readonly Matcher[] | string {
  if (!Array.isArray(json) || json.length === 0) return 'matchers are a list of at least one';
  const found: Matcher[] = [];
  for (const one of json as readonly unknown[]) {
    if (!isObject(one) || typeof one.name !== 'string' || typeof one.value !== 'string') {
      return 'a matcher has a name, a value, isRegex and isEqual';
    }
    const op: MatchOperator = one.isEqual === false ? (one.isRegex === true ? '!~' : '!=') : one.isRegex === true ? '=~' : '=';
    found.push({ name: one.name, op, value: one.value });
  }
  return found;
}

function recurrenceOf(json: unknown): Recurrence | string {
  if (!isObject(json)) return 'a recurrence is an object';
  const { cron, zone = 'UTC', duration } = json;
  const length = typeof duration === 'string' ? parseDuration(duration) : null;
  if (typeof cron !== 'string' || typeof zone !== 'string' || length === null) {
    return 'a recurrence has a cron expression, a zone and a duration such as 4h';
  }
  return { cron, zone, duration: length };
}

function timeOf(value: unknown): number | null {
  const time = typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? null : time;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
