import { type Detector, openDetector } from '../../../src/evaluate/anomaly/detector.ts';
import { openWatch } from '../../../src/evaluate/anomaly/watch.ts';
import type { AnomalyCondition } from '../../../src/model/rule.ts';
import {
  type AlertingCase,
  allOf,
  compared,
  type Fields,
  fields,
  list,
  notUnderstood,
  number,
  text,
  type Verdict,
} from './case.ts';
import { compileRules } from './world.ts';

const [HOUR, DAY] = [3_600_000, 86_400_000];
/** A Thursday at midnight. */
const START = Date.UTC(2026, 0, 1);

/** How long a metric has been heard of, and how many samples it gave in that time. */
interface Past {
  readonly time: number;
  readonly samples: number;
  /** Conditions of the rule. */
  readonly conditions: number;
}

/** How long a metric has a history, and how many samples: whether a dynamic threshold says anything yet, and whether it knows weeks. */
export async function dynamicThresholdGate({ given, expect }: AlertingCase): Promise<Verdict> {
  const listed = Object.values(given).find(
    (value) => Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'object' && one !== null),
  );
  const pasts = (listed === undefined ? [given] : list(listed).map((one) => ({ ...given, ...fields(one) }))).map(pastIn);
  const gates = Object.entries(expect).map(([key, value]) => ({ key, wanted: list(value).length > 0 ? list(value) : [value] }));
  const readable = gates.every(({ wanted }) => wanted.length === pasts.length && wanted.every((one) => isOpen(one) !== null));
  if (pasts.includes(null) || gates.length === 0 || !readable) return notUnderstood({ ...given, ...expect });
  return allOf(
    gates.map(({ key, wanted }) => {
      const judge = /week|season/.test(key) ? knowsWeeks : speaks;
      // "blocked" and "learning" are open the other way round.
      const closed = /block|suppress|learn|quiet|withheld/.test(key);
      const found = (pasts as readonly Past[]).map((past) => judge(past) !== closed);
      return compared(key, found, wanted.map(isOpen));
    }),
  );
}

const OPEN = ['open', 'ready', 'active', 'enabled', 'alerting', 'evaluated', 'yes'];
const CLOSED = ['closed', 'learning', 'inactive', 'disabled', 'blocked', 'quiet', 'not enough data', 'insufficient data', 'no'];

function isOpen(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value;
  const word = text(value).toLowerCase().replaceAll(/[_-]/g, ' ');
  return OPEN.includes(word) ? true : CLOSED.includes(word) ? false : null;
}

function pastIn(from: Fields): Past | null {
  let time: number | null = null;
  let samples: number | null = null;
  let interval: number | null = null;
  let conditions = 1;
  for (const [key, value] of Object.entries(from)) {
    if (typeof value !== 'number' || /^(min|required|needed|least)/.test(key)) continue;
    const unit = /(^|_)(days?|d)$/.test(key)
      ? DAY
      : /(^|_)(hours?|h)$/.test(key)
        ? HOUR
        : /(^|_)(weeks?)$/.test(key)
          ? 7 * DAY
          : 1000;
    if (/condition|criteria/.test(key)) conditions = value;
    else if (/sample|point|values|count/.test(key)) samples = value;
    else if (/interval|frequency|grain|period|every/.test(key)) interval = value * unit;
    else if (/day|hour|week|histor|age|span|_s$|_d$|_h$/.test(key)) time = value * unit;
  }
  if (time === null) return null;
  return { time, samples: samples ?? Math.floor(time / (interval ?? HOUR)) + 1, conditions };
}

/** The condition as a rule file writes it; `null` where several conditions keep it from being one. */
function conditionOf(conditions: number): AnomalyCondition | null {
  const metric = { name: 'ModelRequests', aggregate: 'total' };
  const anomaly = { metric, window: '1h', every: '1h', anomaly: {} };
  try {
    const others = Array.from({ length: conditions - 1 }, () => ({ metric, when: '> 0' }));
    const { window, every, ...part } = anomaly;
    const [rule] = compileRules({ Case: conditions === 1 ? anomaly : { all: [part, ...others], window, every } });
    return rule?.condition.kind === 'anomaly' ? rule.condition : null;
  } catch {
    return null;
  }
}

/** Whether a value far beyond all others is called out as the last of so many samples over so long a time. */
function speaks({ time, samples, conditions }: Past): boolean {
  const condition = conditionOf(conditions);
  if (condition === null || samples < 1) return false;
  const watch = openWatch(condition, [], null);
  let outcome = 'learning';
  for (let index = 0; index < samples; index++) {
    const at = START + (samples === 1 ? time : (index * time) / (samples - 1));
    outcome = watch.take(at, index === samples - 1 ? 1e6 : 100 + (index % 3));
  }
  return outcome === 'outside';
}

/** Whether a weekday that is unlike the others is expected to be so. */
function knowsWeeks({ time, conditions }: Past): boolean {
  const condition = conditionOf(conditions);
  if (condition === null) return false;
  const detector: Detector = openDetector([], null, condition.history, 1);
  const next = START + Math.ceil(time / DAY) * DAY;
  const weekday = (at: number) => Math.floor((at - next) / DAY) % 7 === 0;
  for (let at = START; at < next; at += HOUR) detector.take(at, weekday(at) ? 1000 : 100);
  detector.take(next, 1000);
  return number(detector.usual(next)?.median) === 1000;
}
