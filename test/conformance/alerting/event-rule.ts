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
  /** Of events: their keys, of which a flatline looks at no others then; `null`: the rule looks at everything. */
  readonly speaking: ReadonlySet<string> | null;
}

/**
 * Frequency, flatline, spike and cardinality rules over events. A match is a series that begins to be in breach when the rule runs; of a
 * flatline without `forget_keys`, every run that finds it in breach.
 */
export async function eventRule({ given, expect }: AlertingCase): Promise<Verdict> {
  const rule = fields(given.rule);
  const steps = stepsOf(list(given.steps).map(fields), rule);
  const unit = finer(stepOf([...steps.map(({ at }) => at), number(rule.timeframe_s, 60)]), steps);
  const rules = rulesOf(rule, unit);
  const isFlatline = rule.type === 'flatline';
  // Too little of something can only be told once a whole timeframe has been seen, and only at the times of the case.
  const looksBack = isFlatline || rule.min_cardinality !== undefined;
  const begins = looksBack ? number(rule.timeframe_s) : 0;
  const world = caseWorld(compileRules(rules), begins - unit, answering(rule));
  const everyRun = isFlatline && rule.forget_keys !== true;

  let ran = begins;
  let before: ReadonlySet<string> = new Set();
  let heard = 0;
  let total = 0;
  let repeated = 0;
  const keys: string[] = [];
  const totals: number[] = [];
  const keysAfter: (readonly string[] | null)[] = [];
  const wantedTotals = list(expect.matches_total_after_step).map((one) => number(one));
  for (const [index, { at, rows, speaking }] of steps.entries()) {
    world.rows.push(...rows);
    if (at + unit > begins) {
      ran = Math.max(Math.floor(at / unit) * unit + unit, ran + unit);
      await world.passTo(ran, unit);
      const now = breaching(world);
      const fired = world.transitions.slice(heard).filter(({ kind, alert }) => kind === 'fired' && !('pipeline' in alert.labels));
      heard = world.transitions.length;
      // Events are looked at one by one as they come; counts and ticks only at their own time.
      const begun =
        speaking !== null && !looksBack
          ? fired.map(({ alert }) => nameOf(alert.rule, alert.labels))
          : [...now].filter((key) => !before.has(key));
      const fresh = everyRun ? [...now].filter((key) => speaking === null || speaking.has(keyOf(key))) : begun;
      total += fresh.length;
      keys.push(...fresh.map(keyOf));
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
    const speaking = one.op === 'events' ? new Set(rows.map(({ cells }) => (key === '' ? '' : String(cells[key] ?? '')))) : null;
    return { at: newest, rows, speaking };
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
      const silent = {
        ...rest,
        log,
        absent: {
          for: duration(timeframe),
          expect: { seen: duration(1000 * timeframe), ...(by.length === 0 ? { inventory: true } : {}) },
        },
      };
      const threshold = number(rule.threshold, 1);
      return threshold <= 1 ? { Silent: silent } : { Silent: silent, Few: { ...common, log, when: `< ${threshold}` } };
    }
    case 'spike': {
      const height = number(rule.spike_height);
      const spike = { ...common, log, relativeTo: 'previous', floor: number(rule.threshold_ref) };
      const up = { Up: { ...spike, when: `>= ${height}` } };
      const down = { Down: { ...spike, when: `<= ${Number((1 / height).toPrecision(12))}` } };
      const changed = { within: duration(1000 * timeframe), learn: duration(2 * timeframe) };
      const fresh = rule.alert_on_new_data === true && by.length > 0 ? { New: { ...common, log, changed } } : {};
      if (rule.spike_type === 'up') return { ...up, ...fresh };
      return rule.spike_type === 'down' ? down : { ...up, ...down, ...fresh };
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

/** Rule and key of every series in breach, as the newest run left them. Without `for`, pending is a breach for which another alert speaks. */
function breaching(world: CaseWorld): ReadonlySet<string> {
  const isBreach = ({ state, labels }: Instance) => (state === 'firing' || state === 'pending') && !('pipeline' in labels);
  const rules = ['Frequency', 'Silent', 'Few', 'Many', 'Up', 'Down', 'New'];
  return new Set(
    rules.flatMap((rule) =>
      world
        .instances(rule)
        .filter(isBreach)
        .map(({ labels }) => nameOf(rule, labels)),
    ),
  );
}

function nameOf(rule: string, labels: Readonly<Record<string, string>>): string {
  return `${rule}\n${Object.values(labels).join(',')}`;
}

function keyOf(name: string): string {
  return name.split('\n')[1] ?? '';
}
