import { parseDuration } from '../../../src/model/duration.ts';
import { type AlertingCase, compared, type Fields, fields, list, notUnderstood, number, type Verdict } from './case.ts';
import { type CaseRow, caseWorld, compileRules, duration, TABLE } from './world.ts';

/** One pair of windows and the share of errors in each. */
interface Observed {
  readonly long: number;
  readonly short: number;
  readonly factor: number;
  readonly longShare: number;
  readonly shortShare: number;
}

/** Shares of errors in a long and a short window against objective and factor: alert or not. */
export async function burnRateDecision({ given, expect }: AlertingCase): Promise<Verdict> {
  const objective = shareOf(numberIn(given, /objective|slo(?!_period)/));
  const listed = Object.values(given).find((value) => Array.isArray(value) && value.every((one) => typeof one === 'object'));
  const items = (listed === undefined ? [given] : list(listed).map((one) => ({ ...given, ...fields(one) }))).map(observedIn);
  const wanted = wantedIn(expect);
  if (objective === null || wanted === null || items.some((one) => one === null)) return notUnderstood(given);
  const found: boolean[] = [];
  for (const item of items) if (item !== null) found.push(await alerts(objective, item));
  return compared('alert', wanted.length === 1 && found.length > 1 ? [found.some(Boolean)] : found, wanted);
}

function numberIn(from: Fields, pattern: RegExp): number | null {
  for (const [key, value] of Object.entries(from)) {
    if (pattern.test(key) && typeof value === 'number') return value;
  }
  return null;
}

function shareOf(value: number | null): number | null {
  return value !== null && value > 1 ? value / 100 : value;
}

function observedIn(from: Fields): Observed | null {
  const byWindow = Object.values(from)
    .map((value) =>
      Object.entries(fields(value)).flatMap(([key, share]) =>
        parseDuration(key) === null ? [] : [[parseDuration(key) ?? 0, number(share)] as const],
      ),
    )
    .find((pairs) => pairs.length >= 2)
    ?.sort(([a], [b]) => a - b);
  const isShare = (side: string) => new RegExp(`(${side}.*(ratio|share|error|rate|burn))|((ratio|share|error|rate).*${side})`);
  const shortShare = byWindow?.[0]?.[1] ?? numberIn(from, isShare('short'));
  const longShare = byWindow?.at(-1)?.[1] ?? numberIn(from, isShare('long'));
  const factor = numberIn(from, /factor/);
  if (shortShare === null || longShare === null || factor === null) return null;
  return {
    long: numberIn(from, /long.*_s$/) ?? 3600 * (numberIn(from, /long.*_h$/) ?? 1),
    short: numberIn(from, /short.*_s$/) ?? 3600 * (numberIn(from, /short.*_h$/) ?? 1 / 12),
    factor,
    shortShare,
    longShare,
  };
}

function wantedIn(expect: Fields): readonly boolean[] | null {
  const found = Object.values(expect).find(
    (value) => typeof value === 'boolean' || (Array.isArray(value) && value.every((one) => typeof one === 'boolean')),
  );
  return found === undefined ? null : ([found].flat() as readonly boolean[]);
}

/** Traffic whose shares are those: nearly all of it lies before the short window, so that any two shares are possible. */
async function alerts(objective: number, { long, short, factor, longShare, shortShare }: Observed): Promise<boolean> {
  const minutes = (seconds: number) => Math.max(1, Math.round(seconds / 60));
  const rule = {
    log: { table: TABLE, value: 'Bad', over: 'Total' },
    burnRate: {
      slo: `${Number((objective * 100).toPrecision(10))}%`,
      windows: [{ long: duration(minutes(long)), short: duration(minutes(short)), factor }],
    },
    every: '1m',
  };
  const world = caseWorld(compileRules({ Case: rule }), minutes(long) - 1);
  const [recent, before] = [1, 1e6];
  const row = (at: number, Bad: number, Total: number): CaseRow => ({ at, arrives: 0, cells: { Bad, Total } });
  world.rows.push(row(0, longShare * (recent + before) - shortShare * recent, before));
  world.rows.push(row(minutes(long) - 1, shortShare * recent, recent));
  await world.passTo(minutes(long), 1);
  return world.instances().some(({ state }) => state === 'firing');
}
