import { Cron } from 'croner';
import { instantText } from '../model/instant.ts';
import type { Labels } from '../model/labels.ts';
import { matchesAll } from '../model/matcher.ts';
import type { Recurrence, Silence, SilenceStatus } from '../model/silence.ts';
import { normalizeId } from '../model/target.ts';

/** How a silence stands at a time. A recurring one is pending between its occurrences; starts are included, ends are not. */
export function silenceStatus({ startsAt, endsAt, recurrence }: Silence, now: number): SilenceStatus {
  if (endsAt !== null && now >= endsAt) return 'expired';
  if (now < startsAt) return 'pending';
  return recurrence === null || occursAt(recurrence, now) ? 'active' : 'pending';
}

/** Whether the silence is about alerts with these labels, whatever the time. */
export function silenceCovers({ matchers, resources }: Pick<Silence, 'matchers' | 'resources'>, labels: Labels): boolean {
  const target = normalizeId(labels.target ?? '');
  const within = resources.map(normalizeId).some((id) => target === id || target.startsWith(`${id}/`));
  if (resources.length > 0 && !within) return false;
  if (matchers.length === 0) return resources.length > 0;
  return matchers.some((set) => matchesAll(set, labels));
}

/** The silences that keep alerts with these labels from being notified now. */
export function silencesOf<Kept extends Silence>(labels: Labels, silences: readonly Kept[], now: number): readonly Kept[] {
  return silences.filter((silence) => silenceStatus(silence, now) === 'active' && silenceCovers(silence, labels));
}

/**
 * Whether `next` may take the place of `previous` under its id. The past is not rewritten: of a silence that works only the end, the
 * comment and the author change, of one that has not begun anything does, and one that is over stays as it was.
 */
export function canUpdate(previous: Silence, next: Silence, now: number): boolean {
  const status = silenceStatus(previous, now);
  const begun = previous.startsAt <= now;
  if (status === 'expired' || !sameScope(previous, next)) return false;
  const ends = next.endsAt ?? Number.POSITIVE_INFINITY;
  return begun ? next.startsAt === previous.startsAt && ends >= now : next.startsAt >= now;
}

/** The silence that is over from now on; one that has not begun never begins. */
export function expired(silence: Silence, now: number): Silence {
  const startsAt = Math.min(silence.startsAt, now);
  return { ...silence, startsAt, endsAt: now, updatedAt: now };
}

function sameScope(a: Silence, b: Silence): boolean {
  const scope = ({ matchers, resources, recurrence }: Silence): string =>
    JSON.stringify([
      matchers.map((set) => set.map(({ name, op, value }) => JSON.stringify([name, op, value])).sort()),
      resources.map(normalizeId).sort(),
      recurrence === null ? null : [recurrence.cron, recurrence.zone, recurrence.duration],
    ]);
  return scope(a) === scope(b);
}

/** An occurrence at or before now that has not run out: the next one after `now − duration`. */
function occursAt(recurrence: Recurrence, now: number): boolean {
  const begun = cronOf(recurrence)
    .nextRun(instantText(now - recurrence.duration))
    ?.getTime();
  return begun !== undefined && begun <= now;
}

const crons = new Map<string, Cron>();
const MOST_CRONS = 1_000;

/** Parsing an expression costs more than asking it. */
function cronOf({ cron, zone }: Recurrence): Cron {
  const key = `${zone} ${cron}`;
  const known = crons.get(key);
  if (known !== undefined) return known;
  if (crons.size >= MOST_CRONS) crons.clear();
  const made = new Cron(cron, { timezone: zone, mode: '5-part', paused: true });
  crons.set(key, made);
  return made;
}
