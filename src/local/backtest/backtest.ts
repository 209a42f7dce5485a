import type { Config } from '../../model/config.ts';
import type { Rule } from '../../model/rule.ts';
import type { Window } from '../../model/window.ts';
import type { Estate } from '../estate.ts';
import type { ArrivalModel } from './arrival.ts';
import { compareRuns, type RulesComparison } from './compare.ts';
import { type RunReport, reportOf, usualMost } from './report.ts';
import { type SimulationProgress, simulate } from './simulate.ts';

export interface BacktestOptions {
  /** What `--archive` names: a folder, or a place in Blob Storage. */
  readonly archive: string;
  readonly rules: readonly Rule[];
  /** Another version of the rules, to be compared over the same data. */
  readonly other: readonly Rule[] | null;
  readonly config: Config;
  readonly period: Window;
  readonly arrival: ArrivalModel;
  readonly estate: Estate | null;
  /** How often a rule may fire before it counts as noisy; once a day when `null`. */
  readonly most: number | null;
  readonly onProgress?: (progress: SimulationProgress) => void;
  readonly signal?: AbortSignal;
}

/** What would have happened. */
export interface Backtest {
  readonly period: Window;
  readonly most: number;
  readonly records: number;
  readonly metricMinutes: number;
  readonly report: RunReport;
  readonly comparison: RulesComparison | null;
  /** What a reader should know of how it came about. */
  readonly notes: readonly string[];
}

/** Replays an archive through the rules, and through another version of them where there is one. */
export async function backtest(options: BacktestOptions): Promise<Backtest> {
  const { period, config } = options;
  const rules = options.rules.filter(isArchived);
  const other = options.other?.filter(isArchived) ?? null;
  const most = options.most ?? usualMost(period);
  const simulated = await simulate({ ...options, versions: other === null ? [rules] : [rules, other] });
  const [report, compared] = simulated.runs.map((run) => reportOf(run, period, most, config.route.groupWait));
  if (report === undefined) throw new RangeError('a simulation without a run');
  return {
    period,
    most,
    records: simulated.records,
    metricMinutes: simulated.metricMinutes,
    report,
    comparison: compared === undefined ? null : compareRuns(report.rules, compared.rules),
    notes: notesOf(options.rules, simulated.widened, simulated.records + simulated.metricMinutes),
  };
}

/** Check-ins and the hub are in no archive: a rule on them would call every job overdue, and every hub silent. */
function isArchived({ signal }: Rule): boolean {
  return signal.kind !== 'heartbeat' && signal.kind !== 'stream';
}

function notesOf(rules: readonly Rule[], widened: readonly string[], read: number): readonly string[] {
  const listed = rules
    .filter(({ condition }) => condition.kind === 'absent' && condition.expect.some(({ kind }) => kind === 'inventory'))
    .map(({ id }) => id);
  const without = (kind: Rule['signal']['kind'], why: string): readonly string[] => {
    const left = rules.filter(({ signal }) => signal.kind === kind);
    return left.length === 0 ? [] : [`${why}, so ${named(left.map(({ id }) => id))} left out.`];
  };
  return [
    ...without('heartbeat', 'Check-ins are in no archive'),
    ...without('stream', 'An archive does not tell when records came into the hub'),
    ...(read === 0 ? ['The archive holds nothing of this period that the rules read.'] : []),
    ...(widened.length === 0
      ? []
      : [
          `An archive tells neither kind nor tags of a resource: ${named(widened)} put to all of their type; --estate FILE tells them.`,
        ]),
    ...(widened.length === 0 || listed.length === 0
      ? []
      : [
          `What Azure Resource Manager lists is not in an archive: ${named(listed)} without what they expect; --estate FILE tells it.`,
        ]),
  ];
}

/** `A and B were`, or how many of them where naming them would be a paragraph. */
function named(rules: readonly string[]): string {
  if (rules.length > 5) return `${rules.length} rules were`;
  return `${rules.join(', ')} ${rules.length === 1 ? 'was' : 'were'}`;
}
