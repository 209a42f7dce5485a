import { offlineClock } from '../../../src/local/offline/clock.ts';
import { offlineEvaluator } from '../../../src/local/offline/evaluator.ts';
import { fixedInventory } from '../../../src/local/offline/inventory.ts';
import type { Transition } from '../../../src/model/alert.ts';
import { formatDuration } from '../../../src/model/duration.ts';
import { TocsinError } from '../../../src/model/errors.ts';
import type { EvaluationEntry } from '../../../src/model/evaluation-log.ts';
import type { LogAnswer, LogCell, MetricAnswer } from '../../../src/model/query.ts';
import type { Rule } from '../../../src/model/rule.ts';
import type { Instance, ShardState } from '../../../src/model/state.ts';
import type { Target } from '../../../src/model/target.ts';
import { alignDown } from '../../../src/model/window.ts';
import type { LogSource, MetricSource } from '../../../src/ports.ts';
import { loadRuleFiles } from '../../../src/rules/load.ts';

/*
 * Cases run through the product as it is deployed: a rule file, its compilation, then plan, read, judge and state on a clock set by
 * hand. Cases count in seconds, and Tocsin evaluates once a minute at most: one second of a case is one minute here.
 */

const UNIT = 60_000;

/** The zero of every case: window ends are multiples of `every` since the epoch, so whatever divides a week of seconds divides this. */
const ZERO = 48 * 604_800 * UNIT;

const timeOf = (seconds: number): number => ZERO + seconds * UNIT;
export const secondsOf = (time: number): number => (time - ZERO) / UNIT;

/** A duration of a case as a rule file writes it. */
export const duration = (seconds: number): string => formatDuration(Math.round(seconds * UNIT));

const ACCOUNT_TYPE = 'Microsoft.CognitiveServices/accounts';

const TARGET: Target = {
  id: '/subscriptions/s/resourcegroups/g/providers/microsoft.cognitiveservices/accounts/case',
  name: 'case',
  type: ACCOUNT_TYPE.toLowerCase(),
  kind: '',
  location: 'eastus',
  subscriptionId: 's',
  resourceGroup: 'g',
  tags: {},
};

export const TARGET_ID = TARGET.id;

/** A rule as its file has it; the harness adds what every case shares. */
export type WrittenRule = Readonly<Record<string, unknown>>;

export function compileRules(written: Readonly<Record<string, WrittenRule>>): readonly Rule[] {
  const rules = Object.entries(written).map(([alert, rule]) => ({
    alert,
    on: { type: ACCOUNT_TYPE },
    ...(rule.metric === undefined ? { delay: '0s' } : { delay: '1m' }),
    ...rule,
    respond: { owner: 'us', within: '1h', action: 'Act.' },
  }));
  const { rules: loaded, diagnostics } = loadRuleFiles([{ path: 'case.yaml', text: JSON.stringify({ version: 1, rules }) }]);
  const wrong = diagnostics.filter(({ severity }) => severity === 'error');
  if (wrong.length > 0) throw new TocsinError('TCN-R002', wrong.map(({ code, message }) => `${code} ${message}`).join('; '));
  return loaded;
}

/** A row of the case's table: when it was, when it can be read (both in seconds), and its cells. */
export interface CaseRow {
  readonly at: number;
  readonly arrives?: number;
  readonly cells: Readonly<Record<string, LogCell>>;
}

export interface CaseWorld {
  /** What can be read; may grow while time passes. */
  readonly rows: CaseRow[];
  /** Makes reading fail, from now until it is taken back; `null`: it works. */
  failure: TocsinError | null;
  /** Lets time pass to `seconds`, evaluating every `step` seconds. */
  passTo(seconds: number, step: number): Promise<void>;
  /** Time stands at `seconds`, and nothing has run in between. */
  sleepTo(seconds: number): Promise<void>;
  /** Instances of all rules that are not inactive, as the newest evaluation left them, by rule. */
  instances(rule?: string): readonly Instance[];
  readonly transitions: readonly (Transition & { readonly told: number })[];
  readonly entries: readonly EvaluationEntry[];
  /** Milliseconds that the newest read of the case's table spanned. */
  span(): number;
}

/** The table that cases are told by; its rows carry `_ResourceId` and whatever columns a case has. */
export const TABLE = 'Case_CL';

export function caseWorld(
  rules: readonly Rule[],
  start: number,
  answer: (query: string, rows: readonly CaseRow[]) => LogAnswer = tableOf(rules),
): CaseWorld {
  const clock = offlineClock(timeOf(start));
  const rows: CaseRow[] = [];
  const transitions: (Transition & { told: number })[] = [];
  const entries: EvaluationEntry[] = [];
  const states = new Map<string, ShardState>();
  let span = 0;
  const world = { failure: null as TocsinError | null };

  const visible = (from: number, to: number) =>
    rows.filter(({ at, arrives = at }) => timeOf(at) >= from && timeOf(at) < to && timeOf(arrives) <= clock.now());
  const logs: LogSource = {
    query: async ({ kql, span: asked }) => {
      if (kql.includes('| summarize Watermark')) {
        return {
          columns: [
            { name: '_ResourceId', type: 'string' },
            { name: 'Watermark', type: 'datetime' },
          ],
          rows: [[TARGET.id, clock.now()]],
        };
      }
      if (world.failure !== null) throw world.failure;
      span = asked.end - asked.start;
      return answer(kql, visible(asked.start, asked.end));
    },
  };
  const metrics: MetricSource = {
    read: async (query) => {
      if (world.failure !== null) throw world.failure;
      return metricAnswer(visible(query.span.start, query.span.end), query.metrics, query.splitBy, query.grain);
    },
  };
  const evaluator = offlineEvaluator({
    rules,
    logs,
    metrics,
    inventory: fixedInventory([{ target: TARGET, contains: [] }]),
    clock,
    listener: {
      transition: (transition) => transitions.push({ ...transition, told: secondsOf(clock.now()) }),
      entry: (entry) => entries.push(entry),
      state: (key, state) => states.set(key.rule, state),
    },
  });
  return {
    rows,
    get failure() {
      return world.failure;
    },
    set failure(failure) {
      world.failure = failure;
    },
    passTo: (seconds, step) => evaluator.runUntil(timeOf(seconds), step * UNIT),
    async sleepTo(seconds) {
      clock.moveTo(timeOf(seconds));
      await evaluator.tick();
    },
    instances: (rule) =>
      [...states].filter(([id]) => rule === undefined || id === rule).flatMap(([, state]) => Object.values(state.instances)),
    transitions,
    entries,
    span: () => span,
  };
}

/** All rows, without any KQL: what a rule with `table:` alone reads. */
function tableOf(rules: readonly Rule[]): (query: string, rows: readonly CaseRow[]) => LogAnswer {
  const named = rules.flatMap(({ signal }) =>
    signal.kind === 'log' ? [...signal.by, signal.value ?? '', signal.over ?? ''] : [],
  );
  const names = [...new Set(named)].filter((name) => name !== '');
  return (_, rows) => ({
    columns: [
      { name: 'TimeGenerated', type: 'datetime' },
      { name: '_ResourceId', type: 'string' },
      ...names.map((name) => ({ name, type: 'dynamic' })),
    ],
    rows: rows.map(({ at, cells }) => [timeOf(at), TARGET.id, ...names.map((name) => cells[name] ?? null)]),
  });
}

/** Rows as points of metrics: the cell called like a metric is its value, whatever the aggregation. */
function metricAnswer(
  rows: readonly CaseRow[],
  metrics: readonly string[],
  splitBy: readonly string[],
  grain: number,
): MetricAnswer {
  return {
    series: metrics.map((metric) => ({
      resourceId: TARGET.id,
      metric,
      labels: Object.fromEntries(splitBy.map((name) => [name, ''])),
      points: rows.flatMap(({ at, cells }) => {
        const value = cells[metric];
        if (typeof value !== 'number') return [];
        return [{ at: alignDown(timeOf(at), grain), total: value, average: value, minimum: value, maximum: value, count: 1 }];
      }),
    })),
    failed: [],
  };
}

/** The longest step that falls on every one of the times, in seconds. */
export function stepOf(times: readonly number[]): number {
  const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));
  const step = times.map((time) => Math.round(Math.abs(time))).reduce(divisor, 0);
  return step === 0 ? 1 : step;
}
