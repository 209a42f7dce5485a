import { describe, expect, it } from 'vitest';
import { account, type Counter, type Row, ruleWorld } from './rule-world.ts';

/* What users write, through plan, read, judge and state to what is told. A metric window is read 3 minutes after its end. */

const EAST = account('east');
const RESPOND = 'respond: { owner: us, within: 15m, action: Act. }';

const calls = (value: (minute: number) => number | null, labels: Record<string, string> = {}, of = EAST): Counter => ({
  of,
  metric: 'ModelRequests',
  labels: { ModelDeploymentName: 'chat', StatusCode: '200', ...labels },
  value,
});

const between = (from: number, to: number) => (minute: number) => minute >= from && minute < to;

describe('all', () => {
  const rules = `
rules:
  - alert: Exhausted
    on: { type: Microsoft.CognitiveServices/accounts }
    all:
      - metric: { name: ProvisionedUtilization, aggregate: maximum, by: [ModelDeploymentName] }
        when: ">= 100%"
      - metric: { name: ModelRequests, aggregate: total, where: { StatusCode: ["429"] }, by: [ModelDeploymentName] }
        when: ">= 10"
    window: 1m
    keepFiringFor: 2m
    ${RESPOND}`;
  const full = (when: (minute: number) => boolean, name = 'chat'): Counter => ({
    of: EAST,
    metric: 'ProvisionedUtilization',
    labels: { ModelDeploymentName: name },
    value: (minute) => (when(minute) ? 100 : 50),
  });
  const refused = (when: (minute: number) => boolean, name = 'chat') =>
    calls((minute) => (when(minute) ? 20 : null), { StatusCode: '429', ModelDeploymentName: name });

  it('fires while both hold for one series, and resolves at the third evaluation at which one does not', async () => {
    const { pass, told, transitions, world } = ruleWorld(rules, [EAST]);
    world.counters = [full(between(5, 30)), refused(between(10, 20)), full(() => true, 'mini'), refused(between(0, 60), 'other')];
    await pass(45);
    expect(told()).toEqual(['fired chat 11', 'resolved chat 23']);
    expect(transitions()[0]?.alert).toMatchObject({
      value: 100,
      condition: 'ProvisionedUtilization >= 100 and ModelRequests >= 10',
      summary: 'Exhausted: chat: ProvisionedUtilization >= 100% and ModelRequests >= 10',
    });
  });

  it('asks for both metrics of one resource in as few calls as their splits allow', async () => {
    const { pass, metrics } = ruleWorld(rules, [EAST, account('west')]);
    await pass(4);
    const [first] = metrics.asked;
    expect(metrics.asked.filter(({ span }) => span.end === first?.span.end).map((query) => query.metrics)).toEqual([
      ['ModelRequests'],
      ['ProvisionedUtilization'],
    ]);
  });
});

describe('burnRate', () => {
  const rule = (burn: string) => `
rules:
  - alert: Burns
    on: { type: Microsoft.CognitiveServices/accounts }
    metric: { name: ModelRequests, aggregate: total, where: { StatusCode: [">=500"] }, over: {}, by: [ModelDeploymentName] }
    burnRate: ${burn}
    floor: 100
    ${RESPOND}`;
  const failing = (share: number, when: (minute: number) => boolean) => [
    calls((minute) => (when(minute) ? 100 * (1 - share) : 100)),
    calls((minute) => (when(minute) ? 100 * share : null), { StatusCode: '503' }),
  ];

  it('fires when both windows burn, tells how fast, and ends soon after the errors do', async () => {
    const { pass, told, transitions, world } = ruleWorld(rule('{ slo: 99.9% }'), [EAST]);
    world.counters = failing(0.1, between(0, 30));
    await pass(70);
    // 1.44 % of an hour's 6,000 calls have failed after 8.64 minutes of 10 % errors. 29 minutes after their end, 0.6 % of the last half hour.
    expect(told()).toEqual(['fired chat 9', 'resolved chat 59']);
    expect(transitions()[0]?.alert.value).toBeCloseTo(15, 9);
    expect(transitions()[0]?.alert.condition).toBe(
      '> 14.4× over 1h and 5m, or > 6× over 6h and 30m, of the budget of 99.9% in 30d',
    );
  });

  it('stays quiet at a burn that the objective can bear, and where there is too little traffic', async () => {
    const { pass, told, world } = ruleWorld(rule('{ slo: 99% }'), [EAST]);
    world.counters = [
      ...failing(0.01, () => true),
      calls((minute) => (minute === 3 ? 5 : null), { StatusCode: '500', ModelDeploymentName: 'rare' }),
    ];
    await pass(40);
    expect(told()).toEqual([]);
  });

  it('takes windows of one’s own, and a share of what succeeded', async () => {
    const rules = `
rules:
  - alert: Unavailable
    on: { type: Microsoft.CognitiveServices/accounts }
    metric: { name: AzureOpenAIAvailabilityRate, aggregate: average }
    burnRate: { slo: 99%, counts: good, windows: [{ long: 20m, short: 5m, factor: 5, for: 3m }] }
    ${RESPOND}`;
    const { pass, told, world } = ruleWorld(rules, [EAST]);
    const value = (minute: number) => (minute >= 10 ? 80 : 100);
    world.counters = [{ of: EAST, metric: 'AzureOpenAIAvailabilityRate', labels: {}, value }];
    await pass(40);
    // Of 20 minutes more than five must be bad for a mean above 5 %, and that for three minutes more.
    expect(told()).toEqual(['fired east 19']);
  });

  it('adds up columns of logs', async () => {
    const rules = `
rules:
  - alert: EndpointBurns
    on: { type: Microsoft.CognitiveServices/accounts }
    log: { table: AmlOnlineEndpointTrafficLog, value: Bad, over: Total, by: [Endpoint] }
    burnRate: { slo: 99.5%, windows: [{ long: 1h, short: 5m, factor: 14.4 }] }
    delay: 0s
    ${RESPOND}`;
    const { pass, told, world, logs } = ruleWorld(rules, [EAST]);
    const rows = Array.from({ length: 120 }, (_, index): Row => {
      const minute = index - 60;
      return { minute, of: EAST, cells: { Endpoint: 'score', Bad: minute >= 0 ? 30 : 0, Total: 100 } };
    });
    world.rows = rows;
    await pass(40);
    // 7.2 % of the hour's 6,000 calls are 432: reached at the fifteenth minute; logs are looked at every five.
    expect(told()).toEqual(['fired score 15']);
    expect(logs.asked.some(({ span }) => span.end - span.start === 3_600_000)).toBe(true);
  });
});

describe('relativeTo: previous', () => {
  it('compares a window with the one before, which must be worth comparing', async () => {
    const rules = `
rules:
  - alert: Spike
    on: { type: Microsoft.CognitiveServices/accounts }
    metric: { name: ModelRequests, aggregate: total, by: [ModelDeploymentName] }
    window: 10m
    relativeTo: previous
    when: "> 3"
    floor: 100
    ${RESPOND}`;
    const { pass, told, transitions, world } = ruleWorld(rules, [EAST]);
    world.counters = [
      calls((minute) => (minute < 30 ? 20 : 100)),
      calls((minute) => (minute < 30 ? 1 : 50), { ModelDeploymentName: 'small' }),
      calls((minute) => (minute < 30 ? null : 500), { ModelDeploymentName: 'new' }),
    ];
    await pass(70);
    // 4 minutes of 20 and 6 of 100 against 200 calls; then the window before holds 8 minutes of 20 and 2 of 100.
    expect(told().filter((line) => line.includes('chat'))).toEqual(['fired chat 36', 'resolved chat 42']);
    expect(told().filter((line) => line.includes('new'))).toEqual([]);
    expect(transitions().find(({ kind }) => kind === 'fired')?.alert.condition).toBe('> 3× the window before');
  });
});

describe('changed', () => {
  const rules = `
rules:
  - alert: ModelChanged
    on: { type: Microsoft.CognitiveServices/accounts }
    metric: { name: ModelRequests, aggregate: total, by: [ModelDeploymentName, ModelVersion] }
    changed: { label: ModelVersion, within: 2h, learn: 30m }
    window: 10m
    ${RESPOND}`;
  const version = (name: string, when: (minute: number) => boolean, deployment = 'chat') =>
    calls((minute) => (when(minute) ? 5 : null), { ModelVersion: name, ModelDeploymentName: deployment });

  it('learns first, then tells each new value once; a new deployment is no change of version', async () => {
    const { pass, told, transitions, world } = ruleWorld(rules, [EAST]);
    world.counters = [
      version('0613', between(0, 60)),
      version('early', between(20, 25)),
      version('1106', between(50, 200)),
      version('9', between(70, 200), 'mini'),
    ];
    await pass(120);
    expect(told()).toEqual(['fired chat 1106 51', 'resolved chat 1106 61']);
    expect(transitions()[0]?.alert).toMatchObject({ reason: 'new value', condition: 'ModelVersion not seen within 2h' });
  });

  it('tells a value again that was away for longer than `within`, not one that was away for less', async () => {
    const { pass, told, world } = ruleWorld(rules, [EAST]);
    world.counters = [version('a', () => true), version('b', (minute) => minute === 40 || minute === 100 || minute === 300)];
    await pass(330);
    expect(told().filter((line) => line.startsWith('fired'))).toEqual(['fired chat b 41', 'fired chat b 301']);
  });

  it('does not tell again what late rows repeat, and notes once what only late rows show', async () => {
    const logRules = `
rules:
  - alert: NewCaller
    on: { type: Microsoft.CognitiveServices/accounts }
    log: { table: AzureDiagnostics, by: [Caller] }
    changed: { within: 1d, learn: 30m }
    window: 5m
    every: 5m
    ${RESPOND}`;
    const { pass, told, found, world } = ruleWorld(logRules, [EAST]);
    const row = (minute: number, caller: string, arrives = minute): Row => ({
      minute,
      arrives,
      of: EAST,
      cells: { Caller: caller },
    });
    world.rows = [
      ...Array.from({ length: 300 }, (_, index) => row(index - 100, 'known')),
      row(62, 'fresh'),
      row(58, 'fresh', 90),
      row(61, 'hidden', 90),
    ];
    await pass(150);
    expect(told()).toEqual(['fired fresh 65', 'resolved fresh 70']);
    expect((await found()).map(({ kind, labels }) => `${kind} ${labels.Caller}`)).toEqual(['late breach hidden']);
  });

  it('remembers no more values than its limit, says so, and forgets what is past', async () => {
    const { pass, states, told, world } = ruleWorld(rules.replace('    window: 10m', '    window: 10m\n    limit: 20'), [EAST]);
    world.counters = Array.from({ length: 60 }, (_, index) => version(`v${index}`, between(index * 5, index * 5 + 5)));
    await pass(300);
    expect(told().some((line) => line.includes('fired ModelChanged'))).toBe(true);
    const [shard] = await sizes(states);
    expect(shard).toBeLessThanOrEqual(20);
    world.counters = [];
    await pass(140);
    expect(await sizes(states)).toEqual([0]);
  });
});

async function sizes(states: ReturnType<typeof ruleWorld>['states']): Promise<readonly number[]> {
  const { value } = await states.read({ rule: 'ModelChanged', shard: 'metrics-s-eastus2' });
  return Object.values(value?.known ?? {}).map(({ values }) => Object.keys(values).length);
}

describe('limit', () => {
  const rules = `
rules:
  - alert: TooMany
    on: { type: Microsoft.CognitiveServices/accounts }
    metric: { name: ModelRequests, aggregate: total, by: [ModelDeploymentName] }
    window: 1m
    when: "> 10"
    limit: 3
    ${RESPOND}`;

  it('keeps what is known, tells of the rest in one alert, and drops nothing', async () => {
    const { pass, told, transitions, world } = ruleWorld(rules, [EAST]);
    const busy = (name: string, from: number, to: number) =>
      calls((minute) => (minute >= from && minute < to ? 20 : 1), { ModelDeploymentName: name });
    world.counters = [busy('b', 0, 30), busy('c', 0, 30), ...['a', 'd', 'e', 'f'].map((name) => busy(name, 10, 20))];
    await pass(40);
    expect(told()).toEqual([
      'fired b 1',
      'fired c 1',
      'fired TooMany 11',
      'fired a 11',
      'resolved TooMany 21',
      'resolved a 21',
      'resolved b 31',
      'resolved c 31',
    ]);
    const meta = transitions().find(({ alert }) => alert.labels.limit !== undefined);
    expect(meta?.alert.summary).toContain('3 more series in breach than the limit of 3');
  });
});

describe('override', () => {
  const GOLD = account('gold', { tags: { tier: 'gold' } });
  const SANDBOX = account('sandbox');
  const TAGGED = account('tagged', { tags: { 'Tocsin-Busy': '50' } });
  const WRONG = account('wrong', { tags: { 'tocsin-busy': 'many' } });
  const rules = `
rules:
  - alert: Busy
    on: { type: Microsoft.CognitiveServices/accounts }
    metric: { name: ModelRequests, aggregate: total, by: [ModelDeploymentName] }
    window: 1m
    when: "> 10"
    thresholdTag: tocsin-busy
    override:
      - match: { tags: { tier: gold } }
        when: "> 5"
        severity: 0
        for: 2m
      - match: { ids: ["${SANDBOX.id}"] }
        enabled: false
    ${RESPOND}
  - report: Quiet
    on: { type: Microsoft.CognitiveServices/accounts }
    metric: { name: ModelRequests, aggregate: total }
    when: "> 0"
overrides:
  - rule: Quiet
    enabled: false
  - rule: Busy
    match: { tags: { tier: gold } }
    when: "> 6"`;

  it('holds for the resources that it matches, the later the stronger, the tag the strongest', async () => {
    const targets = [EAST, GOLD, SANDBOX, TAGGED, WRONG];
    const { pass, transitions, world, evaluations, found } = ruleWorld(rules, targets);
    world.counters = targets.map((of) => calls((minute) => Math.min(minute, 60), {}, of));
    await pass(70);
    const begun = transitions().filter(({ kind }) => kind === 'fired');
    const fired = begun.map(({ alert, at }) => [
      alert.target.split('/').at(-1),
      alert.value,
      alert.severity,
      alert.condition,
      (at - (begun[0]?.at ?? 0)) / 60_000,
    ]);
    expect(fired).toEqual([
      ['gold', 9, 0, '> 6 for 2m', 0],
      ['wrong', 11, 2, '> 10', 2],
      ['east', 11, 2, '> 10', 2],
      ['tagged', 51, 2, '> 50', 42],
    ]);
    const [entry] = await evaluations.of('Busy');
    expect(entry?.reason).toContain('tag tocsin-busy of wrong is no threshold: "many"');
    expect(await found()).toEqual([]);
  });
});
