import { describe, expect, it } from 'vitest';
import { TocsinError } from '../../src/model/errors.ts';
import { account, at, type Counter, ruleWorld } from './rule-world.ts';

/*
 * The `anomaly` condition from YAML to transitions, through the product's own use cases, over a service that remembers four weeks.
 */

const CHAT = account('chat');
const DAY = 24 * 60;

const RULES = `
targets: { chat: { type: Microsoft.CognitiveServices/accounts } }
rules:
  - alert: CallsOutOfUsual
    on: chat
    metric: { name: ModelRequests, by: [ModelDeploymentName] }
    anomaly: { sensitivity: medium, side: SIDE }
    respond: { owner: ai, within: 1h, action: Look }
`;
const rules = (side = 'both') => RULES.replace('SIDE', side);

/** Calls a minute: busy from 8 to 18 h UTC, never twice the same in an hour. T0 is 12:00. */
function usual(minute: number): number {
  const hour = Math.floor(((((minute + 12 * 60) % DAY) + DAY) % DAY) / 60);
  const wobble = ((((minute * 7919) % 13) + 13) % 13) / 2;
  return hour >= 8 && hour < 18 ? 200 + wobble : 10 + wobble;
}

const calls = (value: (minute: number) => number | null): Counter => ({
  of: CHAT,
  metric: 'ModelRequests',
  labels: { ModelDeploymentName: 'gpt-4o' },
  value,
});

/** A world that has been watched long enough to have read the weeks before. */
async function watched(value: (minute: number) => number | null, side = 'both') {
  const world = ruleWorld(rules(side), [CHAT]);
  world.world.counters = [calls(value)];
  await world.pass(150);
  return world;
}

describe('a rule over a metric with a past', () => {
  it('reads the four weeks before, a day at an evaluation, and then knows the hours', async () => {
    const world = await watched(usual);
    const days = world.metrics.asked.filter(({ span }) => span.end - span.start >= DAY * 60_000);
    expect(days).toHaveLength(28);
    await world.pass(10 * 60);
    expect(world.told()).toEqual([]);
    expect(world.metrics.asked.filter(({ span }) => span.end - span.start >= DAY * 60_000)).toHaveLength(28);
    await world.pass(60);
    expect(world.metrics.asked.filter(({ span }) => span.end - span.start >= DAY * 60_000)).toHaveLength(29);
  });

  it('tells of a surge with what would have been usual, once, and of its end', async () => {
    const world = await watched((minute) => (minute >= 160 && minute < 220 ? 900 : usual(minute)));
    await world.pass(120);
    expect(world.told()).toEqual(['fired gpt-4o 165', 'resolved gpt-4o 225']);
    const [fired] = world.transitions();
    expect(fired?.alert.summary).toMatch(/^CallsOutOfUsual: gpt-4o is at 4500, usual are \d+ to 1\d{3}$/);
    const { band, points, threshold } = fired?.alert.evidence ?? { points: [], threshold: 0 };
    expect(threshold).toBeNull();
    expect(points.at(-1)).toEqual({ at: at(160), value: 4_500 });
    expect(band).toHaveLength(points.length);
    expect(band?.at(-1)?.upper).toBeLessThan(1_500);
    expect(band?.at(-1)?.lower).toBeGreaterThan(500);
    expect(fired?.alert.condition).toBe('outside the usual (medium sensitivity)');
  });

  it('finds a silent afternoon, though such values come every night', async () => {
    const world = await watched((minute) => (minute >= 160 ? 12 : usual(minute)));
    await world.pass(30);
    expect(world.told()).toEqual(['fired gpt-4o 165']);
  });

  it('looks only to the side it is told to', async () => {
    const world = await watched((minute) => (minute >= 160 && minute < 200 ? 12 : usual(minute)), 'above');
    await world.pass(60);
    expect(world.told()).toEqual([]);
  });

  it('takes an incident into what is usual only when it has lasted over two midnights', async () => {
    const world = await watched((minute) => (minute >= 160 ? 900 : usual(minute)));
    await world.pass(3 * DAY);
    const [fired, resolved, ...more] = world.told();
    expect(fired).toBe('fired gpt-4o 165');
    expect(more).toEqual([]);
    const end = Number(resolved?.split(' ').at(-1));
    const secondMidnight = DAY + 12 * 60;
    expect(end).toBeGreaterThanOrEqual(secondMidnight);
    expect(end).toBeLessThan(secondMidnight + 15);
  });

  it('is judged by what it knows while its past cannot be read, and tries again', async () => {
    const world = ruleWorld(rules(), [CHAT]);
    world.world.counters = [calls(usual)];
    const read = world.metrics.read.bind(world.metrics);
    let refused = 0;
    world.metrics.read = (query) => {
      if (query.span.end - query.span.start < DAY * 60_000 || refused >= 3) return read(query);
      refused += 1;
      return Promise.reject(new TocsinError('TCN-A001', 'slow down'));
    };
    await world.pass(60);
    expect(refused).toBe(3);
    const { value } = await world.baselines.read({ rule: 'CallsOutOfUsual', shard: 'metrics-s-eastus2' });
    expect(value?.series[`${CHAT.id}\ngpt-4o`]?.length).toBeGreaterThan(5);
  });
});

describe('a series without a past', () => {
  it('is quiet, and the evaluation log says why', async () => {
    const world = ruleWorld(rules(), [CHAT]);
    world.world.counters = [calls((minute) => (minute < -60 ? null : minute > 100 ? 1e6 : 5))];
    await world.pass(180);
    expect(world.told()).toEqual([]);
    const entries = await world.evaluations.of('CallsOutOfUsual');
    expect(entries.find(({ windows }) => windows > 0)).toMatchObject({
      outcome: 'judged',
      reason: 'not enough history: one series with less than 3d and 30 samples',
    });
  });
});

const LOG_RULES = `
targets: { chat: { type: Microsoft.CognitiveServices/accounts } }
rules:
  - alert: CallsInLogsOutOfUsual
    on: chat
    log: { table: AzureDiagnostics, by: [Deployment], categories: [RequestResponse] }
    anomaly: {}
    window: 15m
    respond: { owner: ai, within: 1h, action: Look }
`;

describe('a rule over logs', () => {
  it('counts a window without rows as none, once the table has come that far, and learns nothing from one that is late', async () => {
    const world = ruleWorld(LOG_RULES, [CHAT]);
    const end = 5 * DAY;
    const rows = [];
    for (let minute = -30; minute < end; minute++) {
      const late = minute >= 4 * DAY + 200 && minute < 4 * DAY + 300;
      const arrives = late ? 4 * DAY + 300 : minute;
      if (minute < 4 * DAY || minute >= 4 * DAY + 60) rows.push({ minute, of: CHAT, cells: { Deployment: 'chat' }, arrives });
      rows.push({ minute, of: CHAT, cells: { Deployment: 'embed' }, arrives });
    }
    world.world.rows = rows;
    await world.pass(4 * DAY + 180);
    expect(world.told()).toEqual([`fired chat ${4 * DAY + 15}`, `resolved chat ${4 * DAY + 75}`]);
    await world.pass(200);
    expect(world.told().slice(2)).toEqual([]);
  });
});
