import { describe, expect, it } from 'vitest';
import type { Deployment } from '../../src/model/deployment.ts';
import { DAY, HOUR, MINUTE } from '../../src/model/duration.ts';
import { TocsinError } from '../../src/model/errors.ts';
import { ACCOUNT, type MetricScript, RESPOND, ruleWorld, START } from '../support/rule-world.ts';

const deployment = (name: string, capacity: Deployment['capacity'], more: Partial<Deployment> = {}): Deployment => ({
  labels: { ModelDeploymentName: name, DeploymentName: name, ModelName: 'gpt-4o', ModelVersion: '2024-11-20' },
  capacity,
  sku: 'Standard',
  retiresAt: null,
  lifecycle: '',
  ...more,
});

const NEAR = `
  - alert: TokensNearLimit
    on: chat
    metric: { name: TotalTokens, by: [ModelDeploymentName] }
    window: 5m
    when: "> 80% of capacity.tokensPerMinute"
    clear: "< 60% of capacity.tokensPerMinute"
    summary: "{{labels.ModelDeploymentName}} uses {{value}} of its {{threshold}} limit"
    ${RESPOND}
`;

/** Tokens in every minute, by deployment, from so many minutes after the start on. */
const tokens =
  (...steps: readonly (readonly [from: number, byDeployment: Readonly<Record<string, number>>])[]): MetricScript =>
  (metric, at) => {
    const [, byDeployment = {}] = steps.findLast(([from]) => at >= START + from * MINUTE) ?? [];
    if (metric !== 'TotalTokens') return [];
    return Object.entries(byDeployment).map(([ModelDeploymentName, value]) => ({ labels: { ModelDeploymentName }, value }));
  };

/** Before anything that is looked at. */
const EVER = -DAY / MINUTE;

describe('a threshold of a capacity', () => {
  it('compares each deployment with its own limit a minute, however long the window', async () => {
    const world = ruleWorld(NEAR);
    world.deployments.byTarget = {
      [ACCOUNT.id]: [deployment('Chat', { tokensPerMinute: 60_000 }), deployment('code', { tokensPerMinute: 200_000 })],
    };
    world.play(tokens([EVER, { chat: 54_000, code: 54_000 }], [10, { chat: 40_000 }], [20, { chat: 30_000 }]));
    await world.until(10 * MINUTE);
    expect(world.told()).toMatchObject([
      {
        kind: 'fired',
        alert: {
          labels: { ModelDeploymentName: 'chat' },
          value: 0.9,
          condition: '> 80% of capacity.tokensPerMinute',
          summary: 'chat uses 90% of its 80% limit',
          evidence: { unit: 'ratio', threshold: 0.8 },
        },
      },
    ]);
    expect(world.told()[0]?.alert.evidence.points[0]?.value).toBe(0.9);
    await world.until(20 * MINUTE);
    expect(world.told()).toHaveLength(1);
    await world.until(30 * MINUTE);
    expect(world.told().map(({ kind }) => kind)).toEqual(['fired', 'resolved']);
  });

  it('without a known capacity gives no verdict, and says so', async () => {
    const world = ruleWorld(NEAR);
    world.play(tokens([EVER, { chat: 900_000 }]));
    await world.until(2 * HOUR);
    expect(world.told()).toEqual([]);
    expect((await world.reasons())[0]).toContain('capacity unknown');
    expect(await world.found()).toMatchObject([{ kind: 'blind', summary: expect.stringContaining('capacity unknown') }]);
  });

  it('keeps what fires while its capacity cannot be told', async () => {
    const world = ruleWorld(NEAR);
    world.deployments.byTarget = { [ACCOUNT.id]: [deployment('chat', { tokensPerMinute: 60_000 })] };
    world.play(tokens([EVER, { chat: 54_000 }], [8, { chat: 10 }]));
    await world.until(10 * MINUTE);
    world.deployments.byTarget = {};
    await world.until(30 * MINUTE);
    expect(world.told().map(({ kind }) => kind)).toEqual(['fired']);
    world.deployments.byTarget = { [ACCOUNT.id]: [deployment('chat', { tokensPerMinute: 60_000 })] };
    await world.until(40 * MINUTE);
    expect(world.told().map(({ kind }) => kind)).toEqual(['fired', 'resolved']);
  });

  it('waits while Azure Resource Manager does not answer', async () => {
    const world = ruleWorld(NEAR);
    world.deployments.byTarget = { [ACCOUNT.id]: [deployment('chat', { tokensPerMinute: 60_000 })] };
    world.play(tokens([EVER, { chat: 54_000 }]));
    for (let call = 0; call < 5; call++) world.deployments.failNext('of', new TocsinError('TCN-A002', 'no answer'));
    await world.until(5 * MINUTE);
    expect(world.told()).toEqual([]);
    await world.until(7 * MINUTE);
    expect(world.told().map(({ kind }) => kind)).toEqual(['fired']);
  });

  it('compares a series of several deployments with their sum, unless one of them is not known', async () => {
    const whole = NEAR.replace(', by: [ModelDeploymentName]', '').replace('{{labels.ModelDeploymentName}}', 'all');
    const world = ruleWorld(whole);
    const both = [deployment('chat', { tokensPerMinute: 60_000 }), deployment('code', { tokensPerMinute: 40_000 })];
    world.deployments.byTarget = { [ACCOUNT.id]: both };
    world.play(tokens([EVER, { chat: 50_000, code: 35_000 }]));
    await world.until(10 * MINUTE);
    expect(world.told()).toMatchObject([{ alert: { value: 0.85 } }]);
    const other = ruleWorld(whole);
    other.deployments.byTarget = { [ACCOUNT.id]: [...both, deployment('ptu', { provisionedUnits: 100 })] };
    other.play(tokens([EVER, { chat: 500_000 }]));
    await other.until(10 * MINUTE);
    expect(other.told()).toEqual([]);
  });
});

describe('a forecast', () => {
  const FULL = `
  - alert: FullSoon
    on: chat
    metric: { name: ProvisionedUtilization, aggregate: maximum, by: [ModelDeploymentName] }
    window: 1h
    forecast: { reach: "100%", within: 7d, over: 14d }
    summary: "{{labels.ModelDeploymentName}} at {{details.level}} reaches {{details.limit}} about {{details.reaches}} ({{details.earliest}} to {{details.latest}})"
    ${RESPOND}
`;
  /** Percent by days before the start, with the daily hump of office hours. */
  const utilisation = (peak: (day: number) => number | null) => (metric: string, at: number) => {
    const day = (at - START) / DAY;
    const hour = Math.floor((at % DAY) / HOUR);
    const value = peak(Math.floor(day));
    if (metric !== 'ProvisionedUtilization' || value === null) return [];
    const share = hour >= 8 && hour < 18 ? 1 : 0.3;
    return [{ labels: { ModelDeploymentName: 'chat' }, value: value * share }];
  };
  /** A deterministic disturbance of at most `size` in either direction. */
  const wobble = (day: number, size: number) => ((((day * 5) % 7) + 7) % 7) * (size / 3) - size;

  it('speaks when the trend of the daily peaks leads to the limit within the time', async () => {
    const world = ruleWorld(FULL);
    world.play(utilisation((day) => 90 + 2 * day + wobble(day, 1)));
    await world.until(HOUR + 5 * MINUTE);
    const [fired] = world.told();
    expect(fired).toMatchObject({
      kind: 'fired',
      alert: { details: { limit: '100', level: expect.stringMatching(/^(8[6-9]|9\d)/) }, evidence: { threshold: 100 } },
    });
    expect(fired?.alert.value).toBeGreaterThan(3);
    expect(fired?.alert.value).toBeLessThan(7);
    expect(fired?.alert.details?.reaches).toMatch(/^2026-11-2[3-7]$/);
    expect(fired?.alert.evidence.points.length).toBe(14);
  });

  it.each([
    ['a level one', (day: number) => 90 + wobble(day, 5)],
    ['a falling one', (day: number) => 95 - 2 * (day + 14) + wobble(day, 1)],
    ['one that gets there in months', (day: number) => 40 + 0.5 * (day + 14)],
    ['one of four days', (day: number) => (day < -4 ? null : 80 + 4 * (day + 4))],
    ['one with three wild days', (day: number) => (day % 5 === 0 ? 99 : 50 + wobble(day, 2))],
  ])('is quiet about %s', async (_, peak) => {
    const world = ruleWorld(FULL);
    world.play(utilisation(peak));
    await world.until(3 * HOUR, 5 * MINUTE);
    expect(world.told()).toEqual([]);
  });

  it('says 0 days when the limit has been reached', async () => {
    const world = ruleWorld(FULL);
    world.play(utilisation((day) => 104 + wobble(day, 1)));
    await world.until(HOUR + 5 * MINUTE);
    expect(world.told()).toMatchObject([{ kind: 'fired', alert: { value: 0 } }]);
  });

  it('measures against a capacity, in the busiest hour of each day', async () => {
    const world = ruleWorld(`
  - report: TokensFullSoon
    on: chat
    metric: { name: TotalTokens, by: [ModelDeploymentName] }
    forecast: { reach: "100% of capacity.tokensPerMinute", within: 7d }
`);
    world.deployments.byTarget = { [ACCOUNT.id]: [deployment('chat', { tokensPerMinute: 1_000 })] };
    // A point is an hour here: 60 minutes of so many tokens.
    world.play((metric, at) =>
      metric === 'TotalTokens'
        ? [{ labels: { ModelDeploymentName: 'chat' }, value: 60 * (900 + (20 * (at - START)) / DAY) }]
        : [],
    );
    await world.until(HOUR + 5 * MINUTE);
    expect(await world.found()).toMatchObject([
      { kind: 'report', rule: 'TokensFullSoon', value: expect.closeTo(5, 1), evidence: { unit: 'ratio', threshold: 1 } },
    ]);
  });

  it('adds up from the first of the month, and speaks when the budget will not last', async () => {
    const rule = (reach: number) => `
  - report: PagesOverTier
    on: chat
    metric: { name: ProcessedPages, by: [] }
    forecast: { reach: "${reach}", sum: month, over: 7d }
    summary: "{{details.level}} of {{details.limit}}, all of it about {{details.reaches}}"
`;
    // 100 an hour: 46,800 by noon of the 20th, 72,000 at the end of the month.
    const pages = (metric: string, at: number) =>
      metric === 'ProcessedPages' ? [{ labels: {}, value: (at / HOUR) % 2 === 0 ? 90 : 110 }] : [];
    const over = ruleWorld(rule(60_000));
    over.play(pages);
    await over.until(HOUR + 5 * MINUTE);
    expect(await over.found()).toMatchObject([{ summary: '46890 of 60000, all of it about 2026-11-26' }]);
    const enough = ruleWorld(rule(80_000));
    enough.play(pages);
    await enough.until(HOUR + 5 * MINUTE);
    expect(await enough.found()).toEqual([]);
  });
});

describe('the cost of tokens', () => {
  const COST = `
  - report: SpendHigh
    on: chat
    cost: { by: [ModelDeploymentName] }
    window: 1d
    when: "> 100"
    summary: "{{labels.ModelDeploymentName}} cost {{value}} in a day"
`;
  const used =
    (byDeployment: Readonly<Record<string, readonly [model: string, input: number, output: number]>>) => (metric: string) =>
      Object.entries(byDeployment).flatMap(([ModelDeploymentName, [ModelName, input, output]]) => {
        const labels = { ModelDeploymentName, ModelName, ModelVersion: '2024-11-20' };
        if (metric === 'InputTokens') return [{ labels, value: input }];
        return metric === 'OutputTokens' ? [{ labels, value: output }] : [];
      });

  it('is that of the price table, by deployment and day', async () => {
    const world = ruleWorld(COST);
    // 96 quarters of an hour: 38.4 million tokens in, 9.6 million out = 96 + 96 dollars; the mini model a sixteenth of it.
    world.play(used({ chat: ['gpt-4o', 400_000, 100_000], code: ['gpt-4o-mini', 400_000, 100_000] }));
    await world.until(HOUR + 5 * MINUTE);
    expect(await world.found()).toMatchObject([
      {
        kind: 'report',
        labels: { ModelDeploymentName: 'chat' },
        value: expect.closeTo(192, 6),
        summary: 'chat cost 192 in a day',
      },
    ]);
  });

  it('of a model without a price is not known, and never nothing', async () => {
    const world = ruleWorld(COST.replace('"> 100"', '"< 100"'));
    world.play(used({ chat: ['house-model', 400_000, 100_000] }));
    await world.until(3 * HOUR, 5 * MINUTE);
    expect((await world.found()).filter(({ kind }) => kind === 'report')).toEqual([]);
    expect(await world.reasons()).toContain('price unknown: no price of house-model');
  });

  it('of provisioned units runs whether tokens flow or not', async () => {
    const world = ruleWorld(COST);
    world.deployments.byTarget = {
      [ACCOUNT.id]: [deployment('ptu', { provisionedUnits: 15 }, { sku: 'GlobalProvisionedManaged' })],
    };
    world.play(used({ ptu: ['gpt-4o', 9_000_000, 9_000_000] }));
    await world.until(HOUR + 5 * MINUTE);
    expect(await world.found()).toMatchObject([{ labels: { ModelDeploymentName: 'ptu' }, value: expect.closeTo(360, 6) }]);
  });
});

describe('what the inventory says', () => {
  it('is reported so many days before a deployed model retires', async () => {
    const world = ruleWorld(`
  - report: ModelRetires
    on: chat
    inventory: { value: daysToRetirement }
    when: "< 60"
    summary: "{{labels.ModelName}} {{labels.ModelVersion}} behind {{labels.ModelDeploymentName}} retires on {{details.retiresOn}}"
`);
    world.deployments.byTarget = {
      [ACCOUNT.id]: [
        deployment('old', {}, { retiresAt: START + 30 * DAY }),
        deployment('new', {}, { retiresAt: START + 300 * DAY }),
        deployment('none', {}),
      ],
    };
    await world.until(HOUR + MINUTE);
    expect(await world.found()).toMatchObject([
      { labels: { ModelDeploymentName: 'old' }, summary: 'gpt-4o 2024-11-20 behind old retires on 2026-12-20' },
    ]);
  });

  it('is one series for each quota of a region, however many accounts there are', async () => {
    const second = { ...ACCOUNT, id: `${ACCOUNT.id}2`, name: 'east2' };
    const world = ruleWorld(
      `
  - alert: QuotaUsedUp
    on: chat
    inventory: { value: quotaUsed }
    when: "> 90%"
    summary: "{{labels.Quota}} in {{labels.Region}}: {{details.used}} of {{details.limit}}"
    ${RESPOND}
`,
      [ACCOUNT, second],
    );
    const quota = (name: string, used: number, limit: number) => ({ name, region: 'eastus2', used, limit });
    world.deployments.quotaList = [quota('a', 95, 100), quota('b', 10, 100), quota('c', 0, 0)];
    await world.until(HOUR + MINUTE);
    expect(world.told()).toMatchObject([{ alert: { summary: 'a in eastus2: 95 of 100', value: 0.95 } }]);
    expect(world.told()).toHaveLength(1);
  });
});
