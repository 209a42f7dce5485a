import { hash } from 'node:crypto';
import { resolvedKnownAt, type StoredAlert } from '../model/alert-episode.ts';
import { HOUR } from '../model/duration.ts';
import { timeKey } from './keys.ts';

/** Alerts that stand in one row. */
export interface Page {
  readonly alerts: readonly StoredAlert[];
  /** `at` of the newest transition of any alert that left the page; absent: none did. */
  readonly leftAt?: number;
}

/** What stands in a row whose alerts have become too many: they are in the rows below it. */
export interface Divided {
  readonly divided: true;
}

/** A change of one alert. */
export interface Edit {
  readonly fingerprint: string;
  /** When it came about (epoch ms). */
  readonly at: number;
  /** Of the episode that it is about; `Infinity`: of whichever stands in the page. */
  readonly startsAt: number;
  /** `earlier`: the newest episode that left the page, where the edit is about one before `stored`. */
  decide(stored: StoredAlert | null, earlier: StoredAlert | null): Decision;
}

export interface Decision {
  /** `null`: the alert stays as it is. */
  readonly next: StoredAlert | null;
  /** Episodes that are over and do not stand in the page. */
  readonly ended: readonly StoredAlert[];
}

export interface Edited {
  readonly page: Page;
  /** By edit. */
  readonly changed: readonly boolean[];
  /** Episodes that are over and stand in the page no more, or never did. */
  readonly ended: readonly StoredAlert[];
}

/** How long an alert stays once it has resolved: late corrections come within it, and groups list it for less. */
const STAYS = 6 * HOUR;

/** A page with more text is divided. */
export const LONGEST_TEXT = 512 * 1024;

/** Stands for the end of what fires: sorts behind every time. */
export const FIRING = '9'.repeat(timeKey(0).length);

/** The page after the edits. `left`: what has left the page, of the alerts that {@link fromBefore} names. */
export function editPage(page: Page, edits: readonly Edit[], left: ReadonlyMap<string, StoredAlert>): Edited {
  const alerts = new Map(page.alerts.map((stored) => [stored.alert.fingerprint, stored]));
  const ended: StoredAlert[] = [];
  const changed = edits.map(({ fingerprint, decide }) => {
    const [here, gone] = [alerts.get(fingerprint) ?? null, left.get(fingerprint) ?? null];
    const decision = here === null ? decide(gone, null) : decide(here, gone);
    ended.push(...decision.ended);
    if (decision.next !== null) alerts.set(fingerprint, decision.next);
    return decision.next !== null;
  });
  const before = Math.max(...edits.map(({ at }) => at)) - STAYS;
  let { leftAt } = page;
  for (const [fingerprint, stored] of changed.includes(true) ? alerts : []) {
    if (stored.alert.status === 'firing' || resolvedKnownAt(stored) >= before) continue;
    alerts.delete(fingerprint);
    ended.push(stored);
    leftAt = Math.max(leftAt ?? 0, stored.appliedAt);
  }
  return { page: { alerts: [...alerts.values()], ...(leftAt !== undefined && { leftAt }) }, changed, ended };
}

/** Fingerprints of alerts of which some edit is about an episode that may have left the page. */
export function fromBefore({ alerts, leftAt = -1 }: Page, edits: readonly Edit[]): readonly string[] {
  const starts = new Map(alerts.map(({ alert }) => [alert.fingerprint, alert.startsAt]));
  const old = edits.filter(({ fingerprint, startsAt }) => {
    const here = starts.get(fingerprint);
    return here === undefined ? startsAt <= leftAt : startsAt < here;
  });
  return [...new Set(old.map(({ fingerprint }) => fingerprint))];
}

/** The end of all that a page holds, as a key that sorts: `FIRING` while anything fires. */
export function untilOf({ alerts }: Page): string {
  if (alerts.some(({ alert }) => alert.status === 'firing')) return FIRING;
  return timeKey(Math.max(0, ...alerts.map(resolvedKnownAt)));
}

/** The hex digit by which an alert is found below a row of this depth. */
export function digitOf(fingerprint: string, depth: number): string {
  return hash('sha256', fingerprint, 'hex').charAt(depth);
}

/** The pages, by digit, that take the place of one of this depth. */
export function divide({ alerts, ...rest }: Page, depth: number): ReadonlyMap<string, Page> {
  const pages = new Map<string, Page>();
  for (const digit of '0123456789abcdef') {
    const own = alerts.filter(({ alert }) => digitOf(alert.fingerprint, depth) === digit);
    if (own.length > 0 || rest.leftAt !== undefined) pages.set(digit, { ...rest, alerts: own });
  }
  return pages;
}
