import { mergePush } from '../../../src/alerts/merge.ts';
import { expired } from '../../../src/alerts/silence.ts';
import type { Alert } from '../../../src/model/alert.ts';
import { fingerprint } from '../../../src/model/fingerprint.ts';
import { labelKey } from '../../../src/model/labels.ts';
import type { PushedAlert } from '../../../src/model/push.ts';
import { alertOf } from '../../alerts/make.ts';
import { type Post, START, transition, World } from '../../app/deliver-world.ts';
import {
  type AlertingCase,
  allOf,
  compared,
  type Fields,
  failed,
  fields,
  list,
  number,
  PASSED,
  text,
  unsupported,
  type Verdict,
} from './case.ts';
import { matcherSet } from './silence.ts';
import { configOf, matchersOf, receiverNamed } from './tocsin-yaml.ts';

const TARGET = 'case';
const DAY_S = 86_400;

const at = (seconds: number): number => START + Math.round(seconds * 1000);
const secondsOf = (time: number | string): number => ((typeof time === 'number' ? time : Date.parse(time)) - START) / 1000;

function worldOf(config: Fields): World {
  const receivers = list(config.receivers).map(fields);
  const { inhibit } = configOf({
    // A rule without matchers would be matched by every alert on both sides, which keeps none back.
    inhibit: list(config.inhibit_rules)
      .map(fields)
      .filter((rule) => Object.keys(rule).some((key) => /^(source|target)/.test(key) && size(rule[key]) > 0))
      .map(({ equal = [], ...rule }) => ({
        source: matchersOf(rule.source_match, rule.source_match_re, rule.source_matchers),
        target: matchersOf(rule.target_match, rule.target_match_re, rule.target_matchers),
        equal,
      })),
  });
  return new World(
    receivers.map((receiver) => ({ name: text(receiver.name), sendResolved: receiver.send_resolved !== false })),
    {
      groupBy: list(config.group_by).map(String),
      groupWait: number(config.group_wait_s) * 1000,
      groupInterval: number(config.group_interval_s) * 1000,
      repeatInterval: Math.max(1, number(config.repeat_interval_s) * 1000),
    },
    { inhibit },
  );
}

/** What other systems push, merged, and handed to the use cases as the transitions that follow from it. */
class Pushes {
  readonly #known = new Map<string, { readonly pushed: PushedAlert; readonly resolved: boolean }>();
  readonly #world: World;
  readonly #timeout: number;

  constructor(world: World, timeout: number) {
    this.#world = world;
    this.#timeout = timeout;
  }

  async push(written: Fields): Promise<void> {
    const now = this.#world.clock.now();
    const labels = fields(written.labels) as PushedAlert['labels'];
    const timeout = written.ends_at === undefined;
    const pushed: PushedAlert = {
      labels,
      annotations: fields(written.annotations) as PushedAlert['annotations'],
      startsAt: written.starts_at === undefined ? now : at(number(written.starts_at)),
      endsAt: timeout ? now + this.#timeout : at(number(written.ends_at)),
      timeout,
    };
    const merged = mergePush(this.#known.get(labelKey(labels))?.pushed ?? null, pushed, now);
    await this.#tell(merged, now);
  }

  /** When the next alert that fires will be over. */
  nextEnd(): number | null {
    const ends = [...this.#known.values()].filter(({ resolved }) => !resolved).map(({ pushed }) => pushed.endsAt);
    return ends.length === 0 ? null : Math.min(...ends);
  }

  async expire(): Promise<void> {
    const now = this.#world.clock.now();
    for (const { pushed, resolved } of [...this.#known.values()])
      if (!resolved && pushed.endsAt <= now) await this.#tell(pushed, now);
  }

  async #tell(pushed: PushedAlert, now: number): Promise<void> {
    const resolved = pushed.endsAt <= now;
    this.#known.set(labelKey(pushed.labels), { pushed, resolved });
    const { alertname = '', ...labels } = pushed.labels;
    const alert: Alert = {
      ...alertOf(alertname),
      fingerprint: fingerprint(alertname, TARGET, labels),
      rule: alertname,
      target: TARGET,
      labels,
      details: pushed.annotations,
      startsAt: pushed.startsAt,
      status: resolved ? 'resolved' : 'firing',
      endsAt: resolved ? pushed.endsAt : null,
    };
    await this.#world.push(transition(resolved ? 'resolved' : 'fired', alert, now));
  }
}

/** Runs the time line through the use cases, on their clock. */
async function play(world: World, steps: readonly Fields[], timeout: number, end: number): Promise<void> {
  const pushes = new Pushes(world, timeout);
  const passTo = async (time: number): Promise<void> => {
    for (let next = pushes.nextEnd(); next !== null && next <= time; next = pushes.nextEnd()) {
      await world.run(Math.max(0, next - world.clock.now()));
      await pushes.expire();
    }
    if (time > world.clock.now()) await world.run(time - world.clock.now());
  };
  for (const step of steps) {
    await passTo(at(number(step.t)));
    if (step.op === 'push') for (const alert of list(step.alerts)) await pushes.push(fields(alert));
    else if (step.op === 'resolve') {
      for (const alert of list(step.alerts)) await pushes.push({ ends_at: number(step.t), ...fields(alert) });
    } else if (step.op === 'silence') await silence(world, step);
    else if (/silence/.test(text(step.op)) && /^(?:un|del|expire|remove|end)|(?:delete|expire|remove|end)$/.test(text(step.op)))
      await endSilence(world, step);
    else if (step.op === 'reload') await world.reconfigure();
    else throw new Error(`the step ${text(step.op)} is not understood`);
  }
  await passTo(end);
}

async function silence(world: World, step: Fields): Promise<void> {
  const { value, version } = await world.silences.read(text(step.id));
  const next = {
    id: text(step.id),
    matchers: [matcherSet(step.matchers)],
    resources: [],
    author: 'case',
    comment: '',
    startsAt: at(number(step.starts_at, secondsOf(world.clock.now()))),
    endsAt: at(number(step.ends_at, DAY_S)),
    recurrence: null,
    updatedAt: world.clock.now(),
  };
  await world.silences.replace({ ...value, ...next }, version);
}

async function endSilence(world: World, step: Fields): Promise<void> {
  const { value, version } = await world.silences.read(text(step.id));
  if (value === null) throw new Error(`there is no silence ${text(step.id)}`);
  await world.silences.replace(expired(value, world.clock.now()), version);
}

function size(value: unknown): number {
  return Array.isArray(value) ? value.length : Object.keys(fields(value)).length;
}

/** A time line of pushes and silences: who gets which alerts when, and nothing else. */
export async function notifySim({ given, expect }: AlertingCase): Promise<Verdict> {
  const config = fields(given.config);
  const wanted = list(expect.notifications).map(fields);
  const end = Math.max(...wanted.map((one) => number(list(one.between)[1])));
  const world = worldOf(config);
  await play(world, list(given.timeline).map(fields), number(config.resolve_timeout_s, 300) * 1000, at(end));
  const tolerance = number(expect.tolerance_s);
  const left = new Set(world.posts);
  const verdicts = wanted
    .filter((one) => list(one.alerts).length > 0)
    .map((one) => {
      const post = [...left].find((each) => isAt(each, one, tolerance));
      if (post === undefined) return failed(`nothing was sent to ${text(one.receiver)} at ${list(one.between)}`);
      left.delete(post);
      return sameAlerts(post, list(one.alerts).map(fields), tolerance);
    });
  const further = [...left].map((post) => `${post.receiver} at ${secondsOf(post.at)} (${post.body.reason})`);
  const total = world.posts.reduce((sum, { body }) => sum + body.alerts.length, 0);
  return allOf([
    ...verdicts,
    further.length === 0 ? PASSED : failed(`more was sent: ${further.join(', ')}`),
    expect.total_alerts === undefined ? PASSED : compared('alerts in all', total, expect.total_alerts),
  ]);
}

function isAt(post: Post, one: Fields, tolerance: number): boolean {
  const [from, to] = list(one.between).map((time) => number(time));
  const time = secondsOf(post.at);
  return post.receiver === one.receiver && time >= (from ?? 0) - tolerance && time <= (to ?? 0) + tolerance;
}

function sameAlerts(post: Post, wanted: readonly Fields[], tolerance: number): Verdict {
  const left = [...post.body.alerts];
  for (const one of wanted) {
    const index = left.findIndex(
      (alert) =>
        contains(alert.labels, one.labels) &&
        contains(alert.annotations, one.annotations) &&
        Math.abs(secondsOf(alert.startsAt) - number(one.starts_at)) <= tolerance &&
        (one.ends_at === undefined
          ? alert.status === 'firing'
          : alert.status === 'resolved' && Math.abs(secondsOf(alert.endsAt) - number(one.ends_at)) <= tolerance),
    );
    if (index < 0) {
      const got = post.body.alerts.map(({ status, labels, startsAt, endsAt }) => [status, labels.alertname, startsAt, endsAt]);
      return failed(`${post.receiver} at ${secondsOf(post.at)}: ${JSON.stringify(got)}, without ${JSON.stringify(one)}`);
    }
    left.splice(index, 1);
  }
  return compared(`further alerts to ${post.receiver} at ${secondsOf(post.at)}`, left.length, 0);
}

function contains(actual: Readonly<Record<string, string>>, wanted: unknown): boolean {
  return Object.entries(fields(wanted)).every(([name, value]) => actual[name] === value);
}

/** Matches as alerts of one group that are gathered for so long: which are told together, and when the first are. */
export async function digest({ given, expect }: AlertingCase): Promise<Verdict> {
  const span = number(given.aggregation_s);
  if (given.aggregation_s === undefined) return unsupported('not yet');
  const key = text(given.aggregation_key);
  const written = list(given.matches).map((match) => (typeof match === 'string' ? { ts: match } : fields(match)));
  const matches = written.map(({ ts }) => text(ts));
  const first = Date.parse(matches[0] ?? '');
  const timing = {
    group_by: key === '' ? [] : [key],
    group_wait_s: span,
    group_interval_s: span,
    repeat_interval_s: DAY_S * 365,
  };
  const world = worldOf({ ...timing, receivers: [receiverNamed('digest')] });
  const steps = written.map((match) => {
    const ts = text(match.ts);
    const t = (Date.parse(ts) - first) / 1000;
    const label = key === '' ? {} : { [key]: String(match[key] ?? '') };
    return { t, op: 'push', alerts: [{ labels: { alertname: 'match', ts, ...label }, starts_at: t }] };
  });
  await play(world, steps, DAY_S * 1000, at((steps.at(-1)?.t ?? 0) + 3 * span));
  const known = new Set<string>();
  const sent = world.posts.toSorted((a, b) => a.at - b.at || oldest(a).localeCompare(oldest(b)));
  const batches = sent.map(({ body }) =>
    body.alerts
      .map(({ labels }) => labels.ts ?? '')
      .filter((ts) => !known.has(ts) && known.add(ts))
      .sort(),
  );
  const [post] = sent;
  const time = post === undefined ? null : first + secondsOf(post.at) * 1000;
  return allOf([
    compared('batches', batches, expect.batches),
    expect.first_batch_alert_time === undefined
      ? PASSED
      : compared('first batch', time, Date.parse(text(expect.first_batch_alert_time))),
  ]);
}

function oldest({ body }: Post): string {
  return body.alerts.map(({ labels }) => labels.ts ?? '').sort()[0] ?? '';
}
