import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evaluate } from '../../src/app/evaluate.ts';
import { StreamCounting } from '../../src/app/forward/streams.ts';
import { type ForwardDeps, type ForwardEvent, forward, watchHub } from '../../src/app/forward.ts';
import { tick } from '../../src/app/tick.ts';
import { createForwardMarks } from '../../src/azure/forward-marks.ts';
import { createHubViewStore } from '../../src/azure/hub-view-store.ts';
import { createStreamStore } from '../../src/azure/stream-store.ts';
import { MINUTE, SECOND } from '../../src/model/duration.ts';
import { TocsinError } from '../../src/model/errors.ts';
import type { HubPlace } from '../../src/model/hub.ts';
import type { EvaluationJob, NotificationJob } from '../../src/model/messages.ts';
import { countersOf } from '../../src/model/stream.ts';
import type { StreamStore } from '../../src/ports.ts';
import { loadRuleFiles } from '../../src/rules/load.ts';
import { type Azurite, startAzurite } from '../support/azurite.ts';
import {
  FakeClock,
  MemoryActivityLog,
  MemoryBaselineStore,
  MemoryDeployments,
  MemoryEvaluationLog,
  MemoryEvaluationStore,
  MemoryFindingStore,
  MemoryForwardMarks,
  MemoryHeartbeatStore,
  MemoryInventory,
  MemoryLog,
  MemoryParkingStore,
  MemoryQuarantineStore,
  MemoryQueue,
  MemoryStreamStore,
  MemoryTickStore,
  ScriptedLogSource,
  ScriptedMetricSource,
} from '../support/memory/index.ts';
import { storageOf } from '../support/storage.ts';
import { account } from './rule-world.ts';

const T0 = Date.parse('2026-11-20T12:00:00Z');
const STEP = 10 * SECOND;

const RESPOND = 'respond: { owner: me, within: 15m, action: Look }';
const ON = 'on: { type: Microsoft.CognitiveServices/accounts }';
const THROTTLED = `rules:
  - alert: Throttled
    ${ON}
    stream:
      category: RequestResponse
      where: { resultSignature: 429 }
      over: {}
      by: [modelDeploymentName]
    window: 5m
    when: "> 10%"
    floor: 5
    ${RESPOND}`;
const COUNTED = `rules:
  - alert: ManyCalls
    ${ON}
    stream: { category: RequestResponse }
    window: 1m
    when: "> 5"
    ${RESPOND}`;

let azurite: Azurite;
beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(() => azurite?.stop());

interface Call {
  readonly status?: number;
  readonly deployment?: string;
  readonly of?: string;
}

const body = (calls: readonly Call[]): string =>
  JSON.stringify({
    records: calls.map(({ status = 200, deployment = 'chat', of = 'a' }) => ({
      time: '2026-11-20T11:00:00.0000000Z',
      resourceId: account(of).id.toUpperCase(),
      category: 'RequestResponse',
      resultSignature: String(status),
      properties: { modelDeploymentName: deployment },
    })),
  });
const times = (count: number, call: Call = {}): readonly Call[] => Array.from({ length: count }, () => call);

/** The product's use cases in virtual time: a hub whose batches are forwarded, a timer, a queue; what is counted is in real storage. */
function world(file: string, targets = [account('a'), account('b')]) {
  const loaded = loadRuleFiles([{ path: 'rules.yaml', text: `version: 1\n${file}` }]);
  expect(loaded.diagnostics).toEqual([]);
  const { rules } = loaded;
  const log = new MemoryLog();
  const storage = storageOf(azurite.account());
  const streams: StreamStore = createStreamStore(storage, log);
  const clock = new FakeClock(T0);
  const queue = new MemoryQueue<EvaluationJob>(clock);
  const notifications = new MemoryQueue<NotificationJob>(clock);
  const findings = new MemoryFindingStore();
  const common = { rules, inventory: new MemoryInventory(targets), workspaces: [], clock, log };
  const deps = {
    ...common,
    metrics: new ScriptedMetricSource(() => ({ series: [], failed: [] })),
    logs: new ScriptedLogSource(() => {
      throw new TocsinError('TCN-A002', 'no Log Analytics here');
    }),
    deployments: new MemoryDeployments(),
    activity: new MemoryActivityLog(),
    heartbeats: new MemoryHeartbeatStore(),
    streams,
    prices: { currency: 'USD', prices: [] },
    states: new MemoryEvaluationStore(),
    baselines: new MemoryBaselineStore(),
    evaluations: new MemoryEvaluationLog(),
    findings,
    notifications,
  };
  const views = createHubViewStore(storage, log);
  const hubView = async () => (await views.read('hub')).value;
  const ticks = new MemoryTickStore();
  const forwardDeps: ForwardDeps = {
    sinks: [],
    http: { send: async () => ({ status: 200, headers: {}, body: '' }) },
    quarantine: new MemoryQuarantineStore(),
    parking: new MemoryParkingStore(),
    marks: createForwardMarks(storage, log),
    findings,
    clock,
    log,
  };
  const sequence = new Map<string, number>();
  const held = new Map<string, HubPlace>();
  /** What the timer does: it asks the hub what it holds. */
  const look = () =>
    watchHub({
      hub: 'hub',
      source: {
        partitions: async () => [...held].map(([id, last]) => ({ id, firstSequenceNumber: 1, last })),
      },
      views,
      marks: forwardDeps.marks,
      findings,
      notifications: new MemoryQueue<NotificationJob>(clock),
      clock,
      log,
    });
  const worker = () => ({ counting: new StreamCounting(countersOf(rules)), store: streams });
  const first = worker();

  return {
    ...deps,
    worker,
    /** An event that comes into the hub now. */
    event(calls: readonly Call[] | string, partition = '0', age = 0): ForwardEvent {
      const number = (sequence.get(partition) ?? 0) + 1;
      sequence.set(partition, number);
      held.set(partition, { sequenceNumber: number, enqueuedAt: clock.now() - age });
      return {
        body: Buffer.from(typeof calls === 'string' ? calls : body(calls)),
        partition,
        sequenceNumber: String(number),
        offset: String(number * 100),
        enqueuedAt: new Date(clock.now() - age).toISOString(),
      };
    },
    forward: (events: readonly ForwardEvent[], changes: Partial<ForwardDeps> = {}) =>
      forward({ hub: 'hub', events }, { ...forwardDeps, streams: first, ...changes }),
    /** Lets time pass in steps of ten seconds, a tick at every whole minute. */
    async pass(ms: number, meanwhile: () => Promise<unknown> = async () => {}) {
      for (let passed = 0; passed < ms; passed += STEP) {
        clock.advance(STEP);
        await meanwhile();
        if (clock.now() % MINUTE === 0) await tick({ ...common, ticks, evaluations: queue, sweeps: [] });
        if (clock.now() % MINUTE === 0) await look();
        for (const job of queue.due(clock.now())) await evaluate(job, { ...deps, hubView });
      }
    },
    told: () =>
      notifications
        .pending()
        .flatMap(({ job, due }) => (job.kind === 'transitions' ? job.transitions.map((one) => ({ ...one, due })) : [])),
    /** Numbers of all partitions and hours, by labels: `[records, value, over]`. */
    async counted() {
      const sums: Record<string, [number, number, number]> = {};
      for (const { counts } of await streams.during({ start: 0, end: Number.MAX_SAFE_INTEGER / 2 })) {
        for (const { series } of Object.values(counts)) {
          for (const [name, cells] of Object.entries(series)) {
            const labels = (JSON.parse(name) as string[]).slice(1).join(' ');
            for (const [, records, value, over] of cells) {
              const sum = sums[labels] ?? [0, 0, 0];
              sums[labels] = [sum[0] + records, sum[1] + value, sum[2] + over];
            }
          }
        }
      }
      return sums;
    },
  };
}

describe('an alert on the stream', () => {
  it('is queued within two minutes of the events, without Log Analytics', async () => {
    const { event, forward, pass, told, clock } = world(THROTTLED);
    await pass(3 * MINUTE, () => forward([event(times(2))]));
    await pass(10 * SECOND);
    const bad = clock.now();
    await forward([event([...times(8, { status: 429 }), ...times(20, { deployment: 'other' })])]);
    await pass(5 * MINUTE);
    const [fired, ...more] = told();
    expect(fired).toMatchObject({
      kind: 'fired',
      alert: { rule: 'Throttled', target: account('a').id, labels: { modelDeploymentName: 'chat' } },
    });
    expect((fired?.due ?? Number.POSITIVE_INFINITY) - bad).toBeLessThanOrEqual(2 * MINUTE);
    expect(more.filter(({ kind }) => kind === 'fired')).toEqual([]);
  });

  it('resolves once the window is good again', async () => {
    const { event, forward, pass, told } = world(THROTTLED);
    await pass(MINUTE);
    await forward([event(times(10, { status: 429 }))]);
    await pass(12 * MINUTE, () => forward([event(times(1))]));
    expect(told().map(({ kind }) => kind)).toEqual(['fired', 'resolved']);
  });

  it('adds up the partitions', async () => {
    const one = world(COUNTED);
    await one.pass(MINUTE);
    await one.forward([one.event(times(4), '0')]);
    await one.forward([one.event(times(4), '1')]);
    await one.pass(2 * MINUTE);
    expect(one.told()).toMatchObject([{ kind: 'fired', alert: { value: 8 } }]);
  });

  it('waits for a partition of which forwarding is known to be behind', async () => {
    const { event, forward, pass, told, evaluations } = world(COUNTED);
    await pass(2 * MINUTE);
    const late = () => forward([event(times(0), '1', 5 * MINUTE)]);
    await forward([event(times(9), '0')]);
    await pass(4 * MINUTE, late);
    expect(told()).toEqual([]);
    expect((await evaluations.of('ManyCalls'))[0]).toMatchObject({
      outcome: 'waiting',
      reason: expect.stringContaining('data late'),
    });
    await pass(6 * MINUTE);
    expect(told()[0]).toMatchObject({ kind: 'fired', alert: { value: 9 } });
  });
});

describe('an absence', () => {
  const ABSENT = `rules:
  - alert: NightlySilent
    ${ON}
    stream: { category: RequestResponse, by: [modelDeploymentName] }
    absent: { for: 10m, expect: [nightly] }
    ${RESPOND}`;

  it('is told of an idle hub, and ends with the next event', async () => {
    const { event, forward, pass, told } = world(ABSENT, [account('a')]);
    await pass(5 * MINUTE, () => forward([event([{ deployment: 'nightly' }])]));
    await pass(9 * MINUTE);
    expect(told()).toEqual([]);
    await pass(4 * MINUTE);
    expect(told().map(({ kind, alert }) => `${kind} ${alert.labels.modelDeploymentName}`)).toEqual(['fired nightly']);
    await forward([event([{ deployment: 'nightly' }])]);
    await pass(3 * MINUTE);
    expect(told().map(({ kind }) => kind)).toEqual(['fired', 'resolved']);
  });
});

describe('a trigger that does not run', () => {
  const ABSENT = `rules:
  - alert: NightlySilent
    ${ON}
    stream: { category: RequestResponse, by: [modelDeploymentName] }
    absent: { for: 10m, expect: [nightly] }
    ${RESPOND}`;

  it('is not taken for silence: windows wait for what the hub holds, and are judged when it was read', async () => {
    const { event, forward, pass, told, evaluations } = world(ABSENT, [account('a')]);
    await pass(5 * MINUTE, () => forward([event([{ deployment: 'nightly' }])]));
    const unread: ForwardEvent[] = [];
    await pass(12 * MINUTE, async () => unread.push(event([{ deployment: 'nightly' }])));
    expect(told()).toEqual([]);
    expect((await evaluations.of('NightlySilent'))[0]).toMatchObject({
      outcome: 'waiting',
      reason: expect.stringMatching(/data late: forwarding has counted what came in up to 1[0-9]m/),
    });
    await forward(unread);
    await pass(3 * MINUTE, () => forward([event([{ deployment: 'nightly' }])]));
    expect(told()).toEqual([]);
    expect((await evaluations.of('NightlySilent'))[0]).toMatchObject({ outcome: 'judged' });
  });

  it('for longer than windows are waited for is no absence either, but no data', async () => {
    const { event, forward, pass, told, evaluations } = world(ABSENT, [account('a')]);
    await pass(5 * MINUTE, () => forward([event([{ deployment: 'nightly' }])]));
    await pass(40 * MINUTE, async () => event([{ deployment: 'nightly' }]));
    expect(told()).toEqual([]);
    expect((await evaluations.of('NightlySilent'))[0]).toMatchObject({ reason: expect.stringContaining('data late') });
  });

  it('and whose hub never was read makes nothing of its windows', async () => {
    const { event, pass, told, evaluations } = world(COUNTED, [account('a')]);
    event(times(9));
    await pass(4 * MINUTE);
    expect(told()).toEqual([]);
    expect((await evaluations.of('ManyCalls'))[0]).toMatchObject({
      outcome: 'unknown',
      reason: 'data late: forwarding has read nothing of what is in the hub',
    });
  });

  it('holds nobody up where only an event is on its way that came in after the window', async () => {
    const { event, forward, pass, told } = world(COUNTED, [account('a')]);
    await pass(MINUTE);
    await forward([event(times(9))]);
    let last: ForwardEvent | null = null;
    await pass(90 * SECOND, async () => {
      if (last !== null) await forward([last]);
      last = event(times(0), '1');
    });
    expect(told()).toMatchObject([{ kind: 'fired', alert: { value: 9 } }]);
  });
});

describe('counting', () => {
  it('adds nothing for a batch that comes again, though its mark was lost', async () => {
    const { event, forward, counted, worker } = world(THROTTLED);
    const batch = [event(times(3)), event(times(2, { status: 429 }))];
    await forward(batch);
    await forward(batch, { marks: new MemoryForwardMarks() });
    await forward([...batch, event(times(1))], { marks: new MemoryForwardMarks(), streams: worker() });
    expect(await counted()).toEqual({ chat: [2, 2, 6] });
  });

  it('is exact while a partition moves from one worker to another', async () => {
    const { event, forward, counted, worker } = world(THROTTLED);
    const events = Array.from({ length: 12 }, (_, index) => event(times(1, { status: index % 2 === 0 ? 429 : 200 })));
    const own = () => ({ streams: worker(), marks: new MemoryForwardMarks() });
    const [old, young] = [own(), own()];
    await forward(events.slice(0, 3), old);
    await Promise.all([forward(events.slice(3, 7), old), forward(events.slice(3, 9), young)]);
    await forward(events.slice(5, 9), old);
    await forward(events.slice(9), young);
    expect(await counted()).toEqual({ chat: [6, 6, 12] });
  });

  it('goes on over the end of an hour, and when the hub was created anew', async () => {
    const { event, forward, counted, clock } = world(THROTTLED);
    clock.set(T0 + 59 * MINUTE + 59 * SECOND);
    const before = event(times(1));
    clock.advance(2 * SECOND);
    const after = event(times(2));
    await forward([before, after]);
    await forward([before, after], { marks: new MemoryForwardMarks() });
    expect(await counted()).toEqual({ chat: [0, 0, 3] });
    clock.advance(MINUTE);
    const anew = { ...event(times(4)), sequenceNumber: '0' };
    await forward([anew]);
    await forward([anew], { marks: new MemoryForwardMarks() });
    expect(await counted()).toEqual({ chat: [0, 0, 7] });
  });

  it('reads records that are scanned and records that are parsed alike', async () => {
    const rule = (by: string) => `rules:
  - report: Tokens
    ${ON}
    stream:
      category: [requestresponse]
      where: { "properties.Level": [">=2"], streamType: Streaming }
      value: generatedTokens
      over: { value: durationMs }
      by: [${by}]
    when: "> 1"`;
    const record = (properties: unknown, more: object = {}) => ({
      time: '2026-11-20T11:00:00.0000000Z',
      resourceId: `${account('a').id.toUpperCase()}/DEPLOYMENTS/X`,
      category: 'RequestResponse',
      durationMs: 250,
      level: '1',
      properties,
      ...more,
    });
    const fitting = { level: 3, streamType: 'streaming', generatedTokens: [12, '30'], user: 'wörld "1"' };
    const records = [
      record(fitting, { level: 7 }),
      record(JSON.stringify(fitting)),
      record({ ...fitting, generatedTokens: '8' }),
      record({ ...fitting, level: 1 }),
      record({ ...fitting, generatedTokens: 'many' }),
      record(fitting, { resourceId: '/subscriptions/s/resourcegroups/g/providers/microsoft.search/searchservices/x' }),
      record(fitting, { category: 'Audit' }),
    ];
    for (const name of ['user', 'properties.USER']) {
      const [scanned, parsed] = [world(rule(name)), world(rule(name))];
      await scanned.forward([scanned.event(JSON.stringify({ records }))]);
      await parsed.forward([parsed.event(records.map((one) => JSON.stringify(one)).join('\n'))]);
      expect(await scanned.counted()).toEqual({ 'wörld "1"': [3, 92, 1250] });
      expect(await parsed.counted()).toEqual(await scanned.counted());
    }
  });

  it('keeps a batch whose counts cannot be stored from being delivered, so that it comes again whole', async () => {
    const { event, forward, worker } = world(COUNTED);
    const store = new MemoryStreamStore();
    const marks = new MemoryForwardMarks();
    const batch = [event(times(2))];
    const deps = { marks, streams: { counting: worker().counting, store } };
    store.failNext('replace', new TocsinError('TCN-S001', 'gone'));
    await expect(forward(batch, deps)).rejects.toThrow('gone');
    expect(await marks.all()).toEqual([]);
    expect((await forward(batch, deps)).duplicates).toBe(0);
    const [hour] = await store.during({ start: 0, end: T0 * 2 });
    expect(Object.values(hour?.counts ?? {}).map(({ series }) => Object.values(series))).toEqual([[[[0, 2, 2, 0]]]]);
  });

  it('counts once what was written though the answer was lost', async () => {
    const { event, forward, worker } = world(COUNTED);
    const store = new MemoryStreamStore();
    const deps = { marks: new MemoryForwardMarks(), streams: { counting: worker().counting, store } };
    const batch = [event(times(2))];
    store.failNext('replace', new TocsinError('TCN-S001', 'gone'), 'after');
    await expect(forward(batch, deps)).rejects.toThrow('gone');
    await forward(batch, deps);
    const [hour] = await store.during({ start: 0, end: T0 * 2 });
    expect(Object.values(hour?.counts ?? {}).flatMap(({ series }) => Object.values(series))).toEqual([[[0, 2, 2, 0]]]);
  });

  it('says that a rule with too many series cannot be judged', async () => {
    const { event, forward, pass, evaluations, told } = world(
      COUNTED.replace('category: RequestResponse', 'category: RequestResponse, by: [modelDeploymentName]').replace(
        '"> 5"',
        '"> 0"',
      ),
    );
    await pass(MINUTE);
    await forward([event(Array.from({ length: 2_100 }, (_, index) => ({ deployment: `d-${index}` })))]);
    await pass(2 * MINUTE);
    expect(told()).toEqual([]);
    expect(await evaluations.of('ManyCalls')).toContainEqual(expect.objectContaining({ code: 'TCN-F007' }));
  });

  it('forgets what no rule looks back to', async () => {
    const { event, forward, streams, counted } = world(COUNTED);
    await forward([event(times(2))]);
    await streams.prune(T0);
    expect(await counted()).not.toEqual({});
    await streams.prune(T0 + 2 * 60 * MINUTE);
    expect(await counted()).toEqual({});
  });
});
