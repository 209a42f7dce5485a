import { type AlertingCase, allOf, compared, list, number, operatorOf, text, unsupported, type Verdict } from './case.ts';
import { type CaseWorld, caseWorld, compileRules, duration, secondsOf, TABLE } from './world.ts';

/** A metric alert of Azure Monitor resolves at the third evaluation in a row that is not met. */
const METRIC_PERIODS = 3;

/** Evaluations in a row that are not met until a stateful log alert resolves, by its frequency (learn.microsoft.com: alerts overview). */
function logPeriods(frequency: number): number {
  const minutes = frequency / 60;
  if (minutes < 5) return Math.round(10 / minutes);
  if (minutes < 15) return 3;
  return minutes < 11 * 60 ? 2 : 1;
}

/** `keepFiringFor` begins at the first evaluation that is not met. */
const patience = (periods: number, frequency: number): string => duration((periods - 1) * frequency);

/** Evaluations that are met or not, of a stateful or stateless log alert. */
export async function logAlert({ given, expect }: AlertingCase): Promise<Verdict> {
  if (given.stateful === false) return unsupported('stateful');
  const frequency = number(given.frequency_s);
  const evaluations = list(given.evaluations) as readonly { readonly t: string | number; readonly met: boolean }[];
  const told = await conditionsMet(
    evaluations.map(({ met }) => met),
    frequency,
    patience(logPeriods(frequency), frequency),
  );
  const at = (index: number) => evaluations[index]?.t;
  return allOf([
    compared('fired', told.fired.map(at), expect.fired ?? []),
    compared('resolved', told.resolved.map(at), expect.resolved ?? []),
  ]);
}

/** How long after the last evaluation that was met an alert resolves. */
export async function logAlertResolve({ given, expect }: AlertingCase): Promise<Verdict> {
  if (given.stateful === false) return unsupported('stateful');
  const frequency = number(given.frequency_s);
  const { resolved } = await conditionsMet(
    [true, ...Array.from({ length: 30 }, () => false)],
    frequency,
    patience(logPeriods(frequency), frequency),
  );
  const [periods = Number.NaN] = resolved;
  const verdicts: Verdict[] = [];
  if (expect.resolve_after_n_periods !== undefined) verdicts.push(compared('periods', periods, expect.resolve_after_n_periods));
  if (expect.resolve_after_not_met_s !== undefined) {
    verdicts.push(compared('seconds not met', periods * frequency, expect.resolve_after_not_met_s));
  }
  return allOf(verdicts);
}

/** Metric alerts: several conditions that are met or not, or samples that are aggregated over a window. */
export async function metricAlert(one: AlertingCase): Promise<Verdict> {
  const { given, expect } = one;
  if (given.stateful === false) return unsupported('stateful');
  if (given.conditions_met === undefined) return aggregated(one);
  const frequency = number(given.frequency_s, 60);
  const conditions = list(given.conditions_met) as readonly (readonly boolean[])[];
  const told = await severalMet(conditions, frequency);
  return allOf([
    compared('fired at', told.fired, expect.fired_at_index ?? []),
    compared('resolved at', told.resolved, expect.resolved_at_index ?? []),
  ]);
}

/** Metrics of one resource type that can stand for the conditions of a case. */
const METRICS = ['ModelRequests', 'TotalTokens', 'InputTokens', 'OutputTokens', 'ActiveTokens'];

async function severalMet(conditions: readonly (readonly boolean[])[], step: number): Promise<Told> {
  const count = conditions[0]?.length ?? 0;
  const all = METRICS.slice(0, count).map((name) => ({ metric: { name, aggregate: 'total' }, when: '> 0' }));
  const world = caseWorld(
    compileRules({ Case: { all, window: duration(step), every: duration(step), keepFiringFor: patience(METRIC_PERIODS, step) } }),
    0,
  );
  return toldBy(world, conditions.length, step, (index) =>
    Object.fromEntries(METRICS.slice(0, count).map((name, which) => [name, conditions[index]?.[which] === true ? 1 : 0])),
  );
}

async function conditionsMet(met: readonly boolean[], step: number, keepFiringFor: string): Promise<Told> {
  const rule = {
    log: { table: TABLE, value: 'Value' },
    when: '> 0',
    window: duration(step),
    every: duration(step),
    keepFiringFor,
  };
  return toldBy(caseWorld(compileRules({ Case: rule }), 0), met.length, step, (index) => ({
    Value: met[index] === true ? 1 : 0,
  }));
}

/** Indexes of the evaluations at which an alert fired and resolved. */
interface Told {
  readonly fired: readonly number[];
  readonly resolved: readonly number[];
}

async function toldBy(
  world: CaseWorld,
  count: number,
  step: number,
  cells: (index: number) => Readonly<Record<string, number>>,
): Promise<Told> {
  for (let index = 0; index < count; index++) world.rows.push({ at: index * step, arrives: 0, cells: cells(index) });
  // The last window of a metric is read once its delay has passed.
  await world.passTo(count * step + 1, 1);
  const indexes = (kind: 'fired' | 'resolved') =>
    world.transitions.filter((one) => one.kind === kind).map(({ at }) => Math.round(secondsOf(at) / step) - 1);
  return { fired: indexes('fired'), resolved: indexes('resolved') };
}

const AGGREGATES: Readonly<Record<string, string>> = {
  average: 'average',
  total: 'total',
  sum: 'total',
  minimum: 'minimum',
  min: 'minimum',
  maximum: 'maximum',
  max: 'maximum',
  count: 'count',
};

/** A metric that offers each aggregation; a case's samples stand for its points. */
const METRIC_OF: Readonly<Record<string, string>> = {
  average: 'ProvisionedUtilization',
  maximum: 'ProvisionedUtilization',
  minimum: 'ProvisionedUtilization',
  total: 'ModelRequests',
  count: 'ModelRequests',
};

async function aggregated({ given, expect }: AlertingCase): Promise<Verdict> {
  const aggregate = AGGREGATES[text(given.aggregation, 'Average').toLowerCase()] ?? 'average';
  const name = METRIC_OF[aggregate] ?? '';
  const [window, step] = [number(given.window_s), number(given.frequency_s, 60)];
  const samples = list(given.samples_per_minute).map((sample) => number(sample));
  const first = number(given.first_eval_minute, window / 60);
  const common = { metric: { name, aggregate }, window: duration(window), every: duration(step) };
  const world = caseWorld(
    compileRules({
      Case: {
        ...common,
        when: `${operatorOf(given.operator)} ${number(given.threshold)}`,
        keepFiringFor: patience(METRIC_PERIODS, step),
      },
      Values: { ...common, when: '>= 0' },
    }),
    (first - 1) * 60,
  );
  world.rows.push(...samples.map((value, index) => ({ at: index * 60, arrives: 0, cells: { [name]: value } })));
  const values: Record<string, number | null> = {};
  for (let minute = first; minute <= samples.length; minute++) {
    await world.passTo(minute * 60 + 1, 1);
    values[minute] = world.instances('Values')[0]?.value ?? null;
  }
  const minutes = (kind: 'fired' | 'resolved') =>
    world.transitions.filter((one) => one.kind === kind && one.alert.rule === 'Case').map(({ at }) => secondsOf(at) / 60);
  return allOf([
    ...(expect.window_average_by_minute === undefined ? [] : [compared('averages', values, expect.window_average_by_minute)]),
    compared('fired at', minutes('fired'), expect.fired_at_minute ?? []),
    compared('resolved at', minutes('resolved'), expect.resolved_at_minute ?? []),
  ]);
}

/** `failing: n of m` over bins, each list of bins an evaluation of its own. */
export async function failingPeriods({ given, expect }: AlertingCase): Promise<Verdict> {
  const window = number(given.window_s);
  const periods = number(given.number_of_evaluation_periods, 1);
  const failing = number(given.min_failing_periods_to_alert, 1);
  const rule = {
    log: { table: TABLE, value: 'Value' },
    when: `${operatorOf(given.operator)} ${number(given.threshold)}`,
    window: duration(window * periods),
    every: duration(window),
    failing: `${failing} of ${periods}`,
  };
  const met: boolean[] = [];
  let span = 0;
  for (const bins of list(given.bins_newest_last) as readonly (readonly (number | null)[])[]) {
    const end = window * periods;
    const world = caseWorld(compileRules({ Case: rule }), end - window);
    bins.forEach((value, index) => {
      if (value !== null) world.rows.push({ at: end - (bins.length - index) * window, arrives: 0, cells: { Value: value } });
    });
    await world.passTo(end, window);
    met.push(world.instances().some(({ state }) => state === 'firing'));
    span = world.span();
  }
  return allOf([
    compared('met', met, expect.met),
    ...(expect.query_time_range_s === undefined ? [] : [compared('query range', span / 60_000, expect.query_time_range_s)]),
  ]);
}
