import type { Transition } from '../../../src/model/alert.ts';
import { START, World } from '../../app/deliver-world.ts';
import { addSamples } from './alert-state.ts';
import {
  type AlertingCase,
  allOf,
  type Fields,
  failed,
  fields,
  list,
  notUnderstood,
  number,
  PASSED,
  text,
  unsupported,
  type Verdict,
} from './case.ts';
import { type CaseSeries, thresholdRule } from './threshold-rule.ts';
import { caseWorld, compileRules, secondsOf, stepOf } from './world.ts';

/** How long the source goes on sending what is over (Prometheus: `resolvedRetention`). */
const RETENTION_S = 900;

/** One alert told at one time; `over`: as resolved. */
interface Send {
  readonly t: number;
  readonly over: boolean;
  readonly labels: Readonly<Record<string, string>>;
}

/** What a case says of a send: the time, and what it names of labels and state. */
interface Wanted {
  readonly t: number;
  readonly over: boolean | null;
  readonly names: readonly string[];
}

/**
 * Samples and a threshold rule: when which alerts are sent. The source's resend delay is the repeat interval of a route whose groups are one
 * alert each. Sends that only say again what was confirmed to be over have no counterpart.
 */
export async function alertSend({ given, expect }: AlertingCase): Promise<Verdict> {
  const wanted = wantedOf(expect);
  if (wanted === null || list(given.series).length === 0) return notUnderstood({ ...given, ...expect });
  const sends = await sent(given);
  const left = [...sends];
  const missing: Wanted[] = [];
  for (const one of wanted) {
    const index = left.findIndex((send) => isSame(send, one));
    if (index < 0) missing.push(one);
    else left.splice(index, 1);
  }
  const again = (one: Wanted) =>
    one.over !== false &&
    sends.some(({ t, over, labels }) => over && one.t > t && one.t - t <= RETENTION_S && named(labels, one.names));
  return allOf([
    left.length === 0 ? PASSED : failed(`also sent ${JSON.stringify(left)}`),
    ...missing.map((one) => (again(one) ? unsupported('not sent again') : failed(`not sent: ${JSON.stringify(one)}`))),
  ]);
}

async function sent(given: Fields): Promise<readonly Send[]> {
  const series = list(given.series) as readonly CaseSeries[];
  const times = list(given.eval_times_s).map((time) => number(time));
  const rule = fields(given.rule);
  const step = number(
    given.interval_s,
    stepOf(times.length > 1 ? times.slice(1).map((time, index) => time - (times[index] ?? 0)) : [60]),
  );
  const names = [...new Set(series.flatMap(({ labels }) => Object.keys(labels)))];
  const world = caseWorld(compileRules({ Case: thresholdRule(rule, names, step) }), (times[0] ?? 0) - step);
  const first = times[0] ?? 0;
  for (const at of times) {
    addSamples(world, series, at);
    await world.passTo(at, step);
  }
  const delay = number(given.resend_delay_s, number(rule.resend_delay_s, 60));
  const delivery = new World([{ name: 'source' }], {
    groupBy: ['alertname', ...names],
    groupWait: 0,
    groupInterval: step * 1000,
    // The source asks for more than the delay, a route for as much.
    repeatInterval: delay * 1000 + 1,
  });
  const timeOf = (seconds: number) => START + (seconds - first) * 1000;
  for (const { told, ...transition } of world.transitions) await delivery.pushAt(timeOf(told), [inSeconds(transition, timeOf)]);
  await delivery.run(timeOf(times.at(-1) ?? 0) - START + 1);
  return delivery.posts.flatMap(({ at, body }) =>
    body.alerts.map(({ status, labels }) => ({
      t: Math.round((at - START) / 1000) + first,
      over: status === 'resolved',
      labels,
    })),
  );
}

/** The times of a case's alert, as the delivering world counts them. */
function inSeconds({ at, alert, ...rest }: Transition, timeOf: (seconds: number) => number): Transition {
  const moved = (time: number) => timeOf(secondsOf(time));
  return {
    ...rest,
    at: moved(at),
    alert: {
      ...alert,
      activeAt: moved(alert.activeAt),
      startsAt: moved(alert.startsAt),
      endsAt: alert.endsAt === null ? null : moved(alert.endsAt),
    },
  };
}

/** Sends as times, as objects with a time, or as a table by time of who is told. */
function wantedOf(expect: Fields): readonly Wanted[] | null {
  const written = Object.entries(expect).find(([key]) => /sen[dt]/.test(key))?.[1];
  if (Array.isArray(written)) {
    const found = written.map(one);
    return found.includes(null) ? null : (found as (readonly Wanted[])[]).flat();
  }
  if (typeof written !== 'object' || written === null) return null;
  const found = Object.entries(written).map(([t, alerts]) => one({ t: Number(t), alerts }));
  return found.includes(null) ? null : (found as (readonly Wanted[])[]).flat();
}

function one(written: unknown): readonly Wanted[] | null {
  if (typeof written === 'number') return [{ t: written, over: null, names: [] }];
  const entry = fields(written);
  const t = [entry.t, entry.at, entry.at_s, entry.t_s, entry.time_s].find((value) => typeof value === 'number');
  if (typeof t !== 'number' || Number.isNaN(t)) return null;
  const alerts = [entry.alerts, entry.active, entry.firing, entry.resolved].find((value) => Array.isArray(value));
  if (Array.isArray(alerts)) return alerts.map((each) => ({ t, over: overIn(fields(each)), names: namesIn(each) }));
  const table = Object.entries(fields(entry.alerts ?? entry.active));
  if (table.length > 0) return table.map(([name, state]) => ({ t, over: overIn({ state }), names: namesIn(name) }));
  return [{ t, over: overIn(entry), names: namesIn(entry) }];
}

function overIn(entry: Fields): boolean | null {
  if (typeof entry.resolved === 'boolean') return entry.resolved;
  const state = text(entry.state ?? entry.status).toLowerCase();
  if (state === '') return null;
  return state === 'resolved' || state === 'inactive';
}

/** `name=value` pairs, whether they stand in a text or are labels. */
function namesIn(written: unknown): readonly string[] {
  if (typeof written === 'string') return written.includes('=') ? written.split(',') : [];
  const entry = fields(written);
  const label = text(entry.instance ?? entry.alert ?? entry.labels);
  if (label !== '') return label.includes('=') ? label.split(',') : [];
  return Object.entries(fields(entry.labels)).map(([name, value]) => `${name}=${String(value)}`);
}

function isSame({ t, over, labels }: Send, wanted: Wanted): boolean {
  return t === wanted.t && (wanted.over === null || wanted.over === over) && named(labels, wanted.names);
}

function named(labels: Readonly<Record<string, string>>, names: readonly string[]): boolean {
  return names.every((pair) => {
    const [key = '', ...value] = pair.split('=');
    return (labels[key] ?? '') === value.join('=');
  });
}
