import type { LogAnswer } from '../../../src/model/query.ts';
import type { Instance } from '../../../src/model/state.ts';
import {
  type AlertingCase,
  allOf,
  compared,
  type Fields,
  fields,
  list,
  number,
  text,
  unsupported,
  type Verdict,
} from './case.ts';
import {
  type CaseRow,
  type CaseWorld,
  caseWorld,
  compileRules,
  duration,
  stepOf,
  TABLE,
  TARGET_ID,
  type WrittenRule,
} from './world.ts';

/** One step of a case: rows that arrive; then the rule runs. */
interface Step {
  readonly at: number;
  readonly rows: readonly CaseRow[];
}

/**
 * Frequency, flatline, spike and cardinality rules over events. A match is a series that begins to be in breach when the rule runs; of a
 * flatline without `forget_keys`, every run that finds it in breach.
 */
export async function eventRule({ given, expect }: AlertingCase): Promise<Verdict> {
  const rule = fields(given.rule);
  const steps = stepsOf(list(given.steps).map(fields), rule);
  const start = 0;
  const unit = finer(stepOf([...steps.map(({ at }) => at), number(rule.timeframe_s, 60)]), steps);
  const rules = rulesOf(rule, unit);
  const world = caseWorld(compileRules(rules), start - unit, answering(rule));
  const begins = rule.type === 'flatline' ? start + number(rule.timeframe_s) : start;
  const everyRun = rule.type === 'flatline' && rule.forget_keys !== true;

  let ran = start;
  let before = new Set<string>();
  let total = 0;
  let repeated = 0;
  const keys: string[] = [];
  const totals: number[] = [];
  const keysAfter: (readonly string[] | null)[] = [];
  const wantedTotals = list(expect.matches_total_after_step).map((one) => number(one));
  for (const [index, { at, rows }] of steps.entries()) {
    world.rows.push(...rows);
    if (at + unit > begins) {
      ran = Math.max(at + unit, ran + unit);
      await world.passTo(ran, unit);
      const now = breaching(world);
      const fresh = [...now].filter((key) => everyRun || !before.has(key));
      total += fresh.length;
      keys.push(...fresh.map((key) => key.split('\n')[1] ?? ''));
      const wanted = (wantedTotals[index] ?? 0) - (wantedTotals[index - 1] ?? 0);
      if (wanted > fresh.length && now.size > 0) repeated += wanted - fresh.length;
      before = now;
    }
    totals.push(total);
    keysAfter.push(keys.length === 0 ? null : [...keys]);
  }
  const verdicts = [compared('matches', totals, wantedTotals)];
  if (expect.match_keys_after_step !== undefined) verdicts.push(compared('keys', keysAfter, expect.match_keys_after_step));
  const verdict = allOf(verdicts);
  // The source counts on from zero after a match and matches again, where an alert goes on.
  const onlyRepeats = verdict.result === 'failed' && repeated > 0 && total + repeated === (wantedTotals.at(-1) ?? 0);
  return onlyRepeats ? unsupported('stateful') : verdict;
}

/** Runs at one and the same time need windows of their own. */
function finer(step: number, steps: readonly Step[]): number {
  const runs = steps.map(({ at }) => at);
  if (new Set(runs).size === runs.length) return step;
  return step / ([60, 30, 20, 10, 5, 2].find((parts) => step % parts === 0) ?? 1);
}

function stepsOf(written: readonly Fields[], rule: Fields): readonly Step[] {
  const key = text(rule.query_key);
  const origin = Math.min(
    ...written
      .flatMap(({ ts, events }) => [ts, ...list(events).map((event) => fields(event).ts)])
      .filter((ts) => ts !== undefined)
      .map(instantOf),
  );
  const secondsOf = (ts: unknown) => instantOf(ts) - origin;
  let newest = 0;
  return written.map((one) => {
    const events = list(one.events).map(fields);
    const times = [...events.map(({ ts }) => secondsOf(ts)), ...(one.ts === undefined ? [] : [secondsOf(one.ts)])];
    newest = Math.max(newest, ...times);
    const counted = (count: unknown, cells: CaseRow['cells']) =>
      Array.from({ length: number(count) }, (): CaseRow => ({ at: secondsOf(one.ts), arrives: 0, cells }));
    const rows = [
      ...events.map((event): CaseRow => {
        const { ts, ...cells } = event;
        return { at: secondsOf(ts), arrives: 0, cells: cells as CaseRow['cells'] };
      }),
      ...counted(one.count, {}),
      ...Object.entries(fields(one.buckets)).flatMap(([name, count]) => counted(count, { [key]: name })),
    ];
    return { at: newest, rows };
  });
}

/** Seconds of a time that is a date or already a number. */
function instantOf(ts: unknown): number {
  return typeof ts === 'number' ? ts : Date.parse(text(ts)) / 1000;
}

function rulesOf(rule: Fields, unit: number): Readonly<Record<string, WrittenRule>> {
  const timeframe = number(rule.timeframe_s);
  const by = rule.query_key === undefined ? [] : [text(rule.query_key)];
  const common = { window: duration(timeframe), every: duration(unit), limit: 50_000 };
  const log = { table: TABLE, by };
  switch (rule.type) {
    case 'frequency':
      return { Frequency: { ...common, log, when: `>= ${number(rule.num_events)}` } };
    case 'flatline': {
      const { window: _, ...rest } = common;
      const silent = { ...rest, log, absent: { for: duration(timeframe), expect: { seen: duration(1000 * timeframe) } } };
      const threshold = number(rule.threshold, 1);
      return threshold <= 1 ? { Silent: silent } : { Silent: silent, Few: { ...common, log, when: `< ${threshold}` } };
    }
    case 'spike': {
      const height = number(rule.spike_height);
      const spike = { ...common, log, relativeTo: 'previous', floor: number(rule.threshold_ref) };
      const up = { Up: { ...spike, when: `>= ${height}` } };
      const down = { Down: { ...spike, when: `<= ${Number((1 / height).toPrecision(12))}` } };
      if (rule.spike_type === 'up') return up;
      return rule.spike_type === 'down' ? down : { ...up, ...down };
    }
    case 'cardinality': {
      const query = `${TABLE} | summarize Distinct = dcount(${text(rule.cardinality_field)}) by ${['_ResourceId', ...by].join(', ')}`;
      const distinct = { ...common, log: { table: TABLE, query, value: 'Distinct', by } };
      return {
        ...(rule.max_cardinality === undefined ? {} : { Many: { ...distinct, when: `> ${number(rule.max_cardinality)}` } }),
        ...(rule.min_cardinality === undefined ? {} : { Few: { ...distinct, when: `< ${number(rule.min_cardinality)}` } }),
      };
    }
    default:
      throw new Error(`no rule is known for ${JSON.stringify(rule.type)}`);
  }
}

/** Distinct counts are the query's work: this is what the KQL above answers. */
function answering(rule: Fields): ((query: string, rows: readonly CaseRow[]) => LogAnswer) | undefined {
  if (rule.type !== 'cardinality') return undefined;
  const key = text(rule.query_key);
  const field = text(rule.cardinality_field);
  return (_, rows) => {
    const distinct = new Map<string, Set<unknown>>();
    for (const { cells } of rows) {
      const name = key === '' ? '' : String(cells[key] ?? '');
      distinct.set(name, (distinct.get(name) ?? new Set()).add(cells[field]));
    }
    return {
      columns: [
        { name: '_ResourceId', type: 'string' },
        ...(key === '' ? [] : [{ name: key, type: 'string' }]),
        { name: 'Distinct', type: 'long' },
      ],
      rows: [...distinct].map(([name, values]) => [TARGET_ID, ...(key === '' ? [] : [name]), values.size]),
    };
  };
}

/** `rule` and key of every series in breach, as the newest run left them. */
function breaching(world: CaseWorld): Set<string> {
  const isBreach = ({ state, labels }: Instance) => state === 'firing' && !('pipeline' in labels);
  const rules = ['Frequency', 'Silent', 'Few', 'Many', 'Up', 'Down'];
  return new Set(
    rules.flatMap((rule) =>
      world
        .instances(rule)
        .filter(isBreach)
        .map(({ labels }) => `${rule}\n${Object.values(labels).join(',')}`),
    ),
  );
}
