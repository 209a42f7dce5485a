import { DAY, formatDuration, HOUR, MINUTE, parseDuration } from '../model/duration.ts';
import type { BurnPair, BurnRateCondition, ValueUnit } from '../model/rule.ts';
import { type RawBurnRate, type RawRule, SHARE } from './schema.ts';
import type { Scope } from './scope.ts';

export type BurnSpeed = 'fast' | 'slow';

/** A pair of windows as the tables have it. */
interface Named extends BurnPair {
  readonly speed: BurnSpeed;
}

const DEFAULT_PERIOD = 30 * DAY;

/** Windows and budgets of Google's SRE workbook (chapter 5, table 5-8), with more budget for objectives of a week. */
const WORKBOOK = [
  { speed: 'fast', long: HOUR, short: 5 * MINUTE, budget: 0.02, weekly: 0.08 },
  { speed: 'fast', long: 6 * HOUR, short: 30 * MINUTE, budget: 0.05, weekly: 0.125 },
  { speed: 'slow', long: DAY, short: 2 * HOUR, budget: 0.1, weekly: 0.2 },
  { speed: 'slow', long: 3 * DAY, short: 6 * HOUR, budget: 0.1, weekly: 0.42 },
] as const;

/** From this on the budgets of a month are used. */
const LONG_PERIOD = 14 * DAY;

/** What the windows of four weeks are scaled from; a pair must hold half its short window. */
const FOUR_WEEKS = 28 * DAY;
const SCALED = [
  { speed: 'fast', long: HOUR, short: 5 * MINUTE, factor: 14, for: 2 * MINUTE },
  { speed: 'fast', long: 6 * HOUR, short: 30 * MINUTE, factor: 7, for: 15 * MINUTE },
  { speed: 'slow', long: DAY, short: 2 * HOUR, factor: 2, for: HOUR },
  { speed: 'slow', long: 4 * DAY, short: 6 * HOUR, factor: 1, for: 3 * HOUR },
] as const;

/** The default windows of an objective over `period` milliseconds, the fastest first. */
export function burnWindows(period: number, style: 'workbook' | 'scaled'): readonly Named[] {
  if (style === 'workbook') {
    return WORKBOOK.map(({ speed, long, short, budget, weekly }) => ({
      speed,
      long,
      short,
      factor: factorOf(period < LONG_PERIOD ? weekly : budget, period, long),
      for: 0,
    }));
  }
  const scaled = (ms: number) => Math.max(1, Math.round((ms * period) / FOUR_WEEKS / MINUTE)) * MINUTE;
  return SCALED.map(({ speed, long, short, factor, for: held }) => ({
    speed,
    long: scaled(long),
    short: scaled(short),
    factor,
    for: scaled(held),
  }));
}

/** How many times as fast as allowed a share of the budget is spent in a window. */
function factorOf(budget: number, period: number, long: number): number {
  return Number(((budget * period) / long).toPrecision(12));
}

/** Keys that mean nothing beside windows of their own. */
const OTHER_KEYS = ['window', 'clear', 'failing', 'relativeTo'] as const;

/** Checks a burn rate; `null` after a diagnostic. */
export function resolveBurnRate(raw: RawRule, burn: RawBurnRate, unit: ValueUnit, scope: Scope): BurnRateCondition | null {
  for (const key of OTHER_KEYS) {
    if (raw[key] !== undefined) scope.report('TCN-R009', [key], `\`${key}\` does not go with \`burnRate\``, { key: true });
  }
  const isRatio = raw.metric?.over !== undefined || (raw.log?.over !== undefined && raw.log.value !== undefined);
  if (!isRatio && unit !== 'percent') {
    const hint = 'add `over:` (for logs `value:` and `over:`), or use a metric that Azure gives in percent';
    scope.report('TCN-R009', ['burnRate'], 'a burn rate needs a share of what failed or succeeded', { key: true, hint });
  }
  const slo = shareOf(burn.slo);
  if (slo <= 0 || slo >= 1) {
    scope.report('TCN-R008', ['burnRate', 'slo'], '`slo` must lie between 0% and 100%: at 100% there is no budget to burn');
  }
  const period = parseDuration(burn.period ?? '') ?? DEFAULT_PERIOD;
  const pairs = pairsOf(burn, period, scope);
  checkPairs(pairs, period, scope);
  if (scope.failed()) return null;
  return { kind: 'burnRate', slo, period, counts: burn.counts ?? 'bad', scale: isRatio ? 1 : 100, pairs };
}

/** A percentage as a share; the schema has refused anything else. */
export function shareOf(text: string): number {
  return Number((Number(SHARE.exec(text)?.[1] ?? Number.NaN) / 100).toPrecision(12));
}

function pairsOf({ windows, speed = 'fast' }: RawBurnRate, period: number, scope: Scope): readonly BurnPair[] {
  if (!Array.isArray(windows)) {
    return burnWindows(period, windows ?? 'workbook')
      .filter((pair) => speed === 'all' || pair.speed === speed)
      .map(({ speed: _, ...pair }) => pair);
  }
  if (speed !== 'fast') {
    scope.report('TCN-R009', ['burnRate', 'speed'], '`speed` chooses among the default windows; these are your own', {
      key: true,
    });
  }
  return windows.map(({ long, short, budget, factor, for: held }, index) => {
    if ((budget === undefined) === (factor === undefined)) {
      scope.report('TCN-R009', ['burnRate', 'windows', index], 'a pair of windows has either a `budget` or a `factor`');
    }
    const length = parseDuration(long) ?? 0;
    return {
      long: length,
      short: parseDuration(short) ?? 0,
      factor: factor ?? factorOf(shareOf(budget ?? ''), period, length),
      for: parseDuration(held ?? '') ?? 0,
    };
  });
}

function checkPairs(pairs: readonly BurnPair[], period: number, scope: Scope): void {
  pairs.forEach((pair, index) => {
    const at = ['burnRate', 'windows', index];
    const { long, short } = pair;
    if (short <= 0 || short >= long)
      scope.report('TCN-R009', at, 'the short window must be shorter than the long one, and not 0');
    if ([long, short, pair.for].some((ms) => ms % MINUTE !== 0)) scope.report('TCN-R007', at, 'windows are in whole minutes');
    if (long > period) {
      const message = `a window of ${formatDuration(long)} is longer than the period of ${formatDuration(period)}`;
      scope.report('TCN-R009', at, message, { hint: 'use `windows: scaled`, or windows of your own' });
    }
  });
}
