import { planWindows } from '../../src/evaluate/due.ts';
import { type Judgement, judge, type WindowReading } from '../../src/evaluate/judge.ts';
import { MINUTE } from '../../src/model/duration.ts';
import type { Labels } from '../../src/model/labels.ts';
import type { LogSignal, MetricSignal, Rule } from '../../src/model/rule.ts';
import type { Point, Reading, Series } from '../../src/model/series.ts';
import type { Instance, ShardState } from '../../src/model/state.ts';
import type { Expected } from '../../src/model/target.ts';
import type { Window } from '../../src/model/window.ts';

/** 2026-11-20T12:00:00Z: the zero of every example. */
export const NOON = 1_795_176_000_000;

export const target = (name: string) =>
  `/subscriptions/0000/resourcegroups/rg/providers/microsoft.cognitiveservices/accounts/${name}`;
export const A = target('a');
export const B = target('b');

export const METRIC: MetricSignal = {
  kind: 'metric',
  namespace: 'Microsoft.CognitiveServices/accounts',
  metric: { name: 'ModelRequests', where: {}, aggregate: 'total' },
  over: null,
  by: ['ModelDeploymentName'],
  grain: MINUTE,
};

export const LOG: LogSignal = {
  kind: 'log',
  query: 'Runs',
  table: 'AmlRunStatusChangedEvent',
  value: 'Failed',
  by: ['Experiment'],
};

/** More than 10 requests in a minute, judged every minute. */
export function ruleOf(changes: Partial<Rule> = {}): Rule {
  return {
    id: 'TooMany',
    disposition: 'alert',
    on: { type: 'Microsoft.CognitiveServices/accounts' },
    signal: METRIC,
    condition: { kind: 'threshold', when: { operator: '>', threshold: 10 }, clear: null },
    window: MINUTE,
    every: MINUTE,
    for: 0,
    failing: null,
    keepFiringFor: 0,
    floor: 0,
    noData: 'keep',
    onError: 'keep',
    delay: 0,
    severity: 2,
    labels: {},
    summary: '{{labels.ModelDeploymentName}} on {{target.name}}: {{value}}',
    respond: {
      owner: 'ai-platform',
      within: 15 * MINUTE,
      action: 'Look at {{labels.ModelDeploymentName}}.',
      runbook: null,
      steps: [],
    },
    categories: [],
    source: { file: 'rules/test.yaml', line: 7 },
    ...changes,
  };
}

/** Time, value and, where it matters, weight. */
export type Plain = readonly [at: number, value: number, weight?: number];

export const points = (...values: readonly Plain[]): readonly Point[] =>
  values.map(([at, value, weight]) => ({ at, value, weight: weight ?? 1 }));

export const seriesOf = (labels: Labels, given: readonly Point[], over: readonly Point[] | null = null): Series => ({
  labels,
  points: given,
  over,
});

export const ok = (...series: readonly Series[]): Reading => ({ status: 'ok', series, watermark: null });

export const unknown = (reason: Extract<Reading, { status: 'unknown' }>['reason'], code = 'TCN-A003'): Reading => ({
  status: 'unknown',
  reason,
  code,
  detail: 'could not be read',
});

/** What is read of a target in a window. */
export type World = (target: string, window: Window) => Reading;

export interface Options {
  readonly targets?: readonly string[];
  readonly watermarks?: Readonly<Record<string, number | null>> | null;
  readonly expected?: readonly Expected[];
}

/** One evaluation at `now`, as the use case does it: plan, read, judge. */
export function evaluateAt(
  rule: Rule,
  state: ShardState | null,
  world: World,
  now: number,
  { targets = [A], watermarks = null, expected = [] }: Options = {},
): Judgement {
  const plan = planWindows(rule, state, targets, watermarks, now);
  const read = (window: Window): WindowReading => ({
    window,
    readings: Object.fromEntries(targets.map((id) => [id, world(id, window)])),
  });
  return judge(
    rule,
    state,
    plan,
    { due: plan.due.map((due) => read(due.window)), recheck: plan.recheck.map(read) },
    expected,
    now,
  );
}

/** Evaluates at every time and gathers what was told. The queue takes every transition at once. */
export function runOver(rule: Rule, world: World, times: readonly number[], options: Options | ((now: number) => Options) = {}) {
  let state: ShardState | null = null;
  const judgements: Judgement[] = [];
  for (const now of times) {
    const judgement = evaluateAt(rule, state, world, now, typeof options === 'function' ? options(now) : options);
    judgements.push(judgement);
    state = { ...judgement.next, unsent: [] };
  }
  return {
    state,
    judgements,
    transitions: judgements.flatMap((one) => one.transitions),
    findings: judgements.flatMap((one) => one.findings),
  };
}

/** One value per minute from noon on; `null`: no data in that minute. The value of minute i is in the window that ends at i + 1. */
export function minutes(values: readonly (number | null)[], labels: Labels = { ModelDeploymentName: 'chat' }): Series {
  return seriesOf(
    labels,
    values.flatMap((value, index) => (value === null ? [] : [{ at: NOON + index * MINUTE, value, weight: 1 }])),
  );
}

/** Evaluates once a minute over values of one series and names its state after each window: `-` is inactive. */
export function statesOver(rule: Rule, values: readonly (number | null)[], options: Options = {}): readonly string[] {
  const world: World = () => ok(minutes(values));
  const times = values.map((_, index) => NOON + (index + 1) * MINUTE);
  return runOver(rule, world, times, options).judgements.map(({ next }) => {
    const [instance] = Object.values(next.instances);
    return instance === undefined ? '-' : instance.state;
  });
}

export const instances = (state: ShardState | null): readonly Instance[] => Object.values(state?.instances ?? {});

export const at = (minute: number): number => NOON + minute * MINUTE;

export function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): readonly (readonly Item[])[] {
  const groups = new Map<string, Item[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return [...groups.values()];
}
