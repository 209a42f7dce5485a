import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../src/model/duration.ts';
import type { Rule } from '../../src/model/rule.ts';
import { loadRuleFiles } from '../../src/rules/load.ts';

const HEAD = `version: 1
defaults: { every: 1m, keepFiringFor: 2m }
targets:
  chat: { type: Microsoft.CognitiveServices/accounts, subscriptions: [AAAA, bbbb] }
  train: { type: Microsoft.MachineLearningServices/workspaces }
rules:
  - report: R
`;

function load(yaml: string) {
  const text = HEAD + yaml.replace(/^/gm, '    ');
  return loadRuleFiles([{ path: 'r.yaml', text }]);
}

function rule(yaml: string): Rule {
  const { rules, diagnostics } = load(yaml);
  expect(diagnostics).toEqual([]);
  const [one] = rules;
  if (one === undefined) throw new Error('no rule came out');
  return one;
}

const wrong = (yaml: string) =>
  load(yaml).diagnostics.map(({ line, column, code, message }) => `${line}:${column} ${code} ${message}`);

const CHAT = 'on: chat\n';
const TOKENS = 'metric: { name: TotalTokens, by: [ModelDeploymentName] }\n';

describe('an activity rule', () => {
  it('watches the subscriptions of its targets, and tells each event once', () => {
    expect(rule('on: chat\nactivity: { where: { operation: "*/delete" }, except: { caller: [bot, "svc-*"] } }')).toMatchObject({
      on: { type: 'microsoft.resources/subscriptions', subscriptions: ['aaaa', 'bbbb'] },
      signal: {
        kind: 'activity',
        category: 'Administrative',
        where: { operation: ['*/delete'] },
        except: { caller: ['bot', 'svc-*'] },
        scope: { type: 'Microsoft.CognitiveServices/accounts' },
        by: ['operation', 'resource', 'caller'],
        lookback: HOUR,
      },
      condition: { kind: 'event', until: null },
      every: 5 * MINUTE,
      delay: 0,
      keepFiringFor: HOUR,
    });
  });

  it('ends with the event that says so, of service and resource health', () => {
    expect(rule('activity: { category: ServiceHealth }')).toMatchObject({
      on: { type: 'microsoft.resources/subscriptions' },
      signal: { scope: null, by: ['incident'] },
      condition: { until: { field: 'stage' } },
      keepFiringFor: 7 * DAY,
    });
    expect(rule('activity: { category: ResourceHealth }')).toMatchObject({
      signal: { by: ['resource'] },
      condition: { until: { field: 'health', values: ['Available'] } },
    });
  });

  it('counts with a `when`, as late as events come', () => {
    expect(rule('activity: { by: [caller] }\nwhen: "> 3"\nwindow: 1h')).toMatchObject({
      condition: { kind: 'threshold', when: { operator: '>', threshold: 3 } },
      window: HOUR,
      delay: 20 * MINUTE,
      keepFiringFor: 2 * MINUTE,
    });
  });

  it.each([
    ['activity: { by: [operaton] }', '8:22 TCN-R014 events have no field operaton'],
    ['activity: { where: { who: ada } }', '8:26 TCN-R014 events have no field who'],
    ['activity: {}\nfor: 5m', '9:5 TCN-R009 `for` does not go with `activity` where each event is told'],
    ['activity: {}\nabsent: { for: 1h, expect: inventory }', '9:5 TCN-R009 `absent` does not go with `activity`'],
    ['activity: {}\nmetric: { name: TotalTokens }', '8:5 TCN-R009 a rule has either `metric` or `activity`, not both'],
    ['activity: {}\nsummary: "{{details.who}}"', '9:14 TCN-R018 {{details.who}} stands for nothing'],
  ])('%s', (yaml, expected) => {
    expect(wrong(yaml)).toContain(expected);
  });
});

describe('a heartbeat rule', () => {
  it('watches its jobs, with an hour of grace and as long a run', () => {
    expect(rule('heartbeat: { id: [a, b.c], period: 1d }')).toMatchObject({
      on: { type: 'tocsin/heartbeats', ids: ['/heartbeats/a', '/heartbeats/b.c'] },
      signal: { kind: 'heartbeat', by: ['heartbeat'] },
      condition: { kind: 'heartbeat', schedule: { kind: 'period', period: DAY }, grace: HOUR, maxRun: HOUR },
      every: MINUTE,
      delay: 0,
      summary: 'R: {{labels.heartbeat}} is {{details.status}}: {{details.why}}',
    });
    expect(rule('heartbeat: { id: a, cron: "0 2 * * 1-5", zone: Europe/Berlin, grace: 30m, maxRun: 2h }').condition).toEqual({
      kind: 'heartbeat',
      schedule: { kind: 'cron', cron: '0 2 * * 1-5', zone: 'Europe/Berlin' },
      grace: 30 * MINUTE,
      maxRun: 2 * HOUR,
    });
  });

  it.each([
    ['heartbeat: { id: a }', /^8:5 TCN-R009 a heartbeat has either `period` or `cron`/],
    ['heartbeat: { id: a, period: 1d, cron: "0 2 * * *" }', /^8:5 TCN-R009 a heartbeat has either/],
    ['heartbeat: { id: a, cron: "0 25 * * *" }', /^8:31 TCN-R009 not a schedule: /],
    ['heartbeat: { id: a, cron: "0 2 30 2 *" }', /^8:31 TCN-R009 its time never comes/],
    ['heartbeat: { id: a, cron: "0 2 * * *", zone: Berlin }', /^8:50 TCN-R009 not a schedule: .*Berlin/],
    ['heartbeat: { id: a/b, period: 1d }', /^8:22 TCN-R002 /],
    ['heartbeat: { id: a, period: 1d }\non: chat', /^9:5 TCN-R009 `on` does not go with `heartbeat`/],
    ['heartbeat: { id: a, period: 1d }\nwhen: "> 1"', /^9:5 TCN-R009 `when` does not go with `heartbeat`/],
  ])('%s', (yaml, expected) => {
    expect(wrong(yaml)).toEqual([expect.stringMatching(expected)]);
  });
});

describe('a capacity in a comparison', () => {
  it('is what the value is a share of', () => {
    const yaml = `${CHAT}${TOKENS}when: "> 80% of capacity.tokensPerMinute"\nclear: "< 70% of capacity.tokensPerMinute"`;
    expect(rule(yaml).condition).toEqual({
      kind: 'threshold',
      when: { operator: '>', threshold: 0.8, of: 'tokensPerMinute' },
      clear: { operator: '<', threshold: 0.7, of: 'tokensPerMinute' },
    });
  });

  it.each([
    [`${CHAT}${TOKENS}when: "> 80% of capacity.tokensPerMinut"`, '10:11 TCN-R008 there is no capacity tokensPerMinut'],
    [`${CHAT}${TOKENS}when: "> 80 of capacity.tokensPerMinute"`, '10:11 TCN-R008 a share of a capacity is written in percent'],
    [
      `${CHAT}${TOKENS}when: "> 80% of capacity.tokensPerMinute"\nclear: "< 70% of capacity.requestsPerMinute"`,
      '11:12 TCN-R009 `clear` must lie on the other side of `when`',
    ],
    [
      `${CHAT}metric: { name: ProvisionedUtilization, aggregate: average }\nwhen: "> 80% of capacity.provisionedUnits"`,
      '10:11 TCN-R009 only the value of a metric or of a log column, in its own unit, can be compared with a capacity',
    ],
  ])('%s', (yaml, expected) => {
    expect(wrong(yaml)).toContain(expected);
  });
});

describe('a forecast', () => {
  it('reads whole days, one value an hour, every hour', () => {
    const yaml = `${CHAT}metric: { name: ProvisionedUtilization, aggregate: average, by: [ModelDeploymentName] }\nforecast: { reach: "100%", within: 7d, over: 28d }`;
    expect(rule(yaml)).toMatchObject({
      condition: {
        kind: 'forecast',
        reach: { operator: '>=', threshold: 100 },
        within: 7 * DAY,
        over: 28 * DAY,
        step: HOUR,
        sum: null,
        confidence: 0.95,
      },
      signal: { grain: HOUR },
      window: 28 * DAY,
      every: HOUR,
    });
  });

  it('of a month reads at least the month', () => {
    expect(
      rule(`${CHAT}cost: {}\nforecast: { reach: 5000, sum: month, confidence: low }`.replace('5000', '"5000"')),
    ).toMatchObject({
      condition: { within: null, over: 14 * DAY, step: DAY, sum: 'month', confidence: 0.8 },
      window: 31 * DAY,
      signal: { kind: 'cost', grain: HOUR },
    });
  });

  it.each([
    [`${CHAT}${TOKENS}forecast: { reach: "100%", within: 7d }`, /TCN-R008 `reach` is in percent/],
    [`${CHAT}${TOKENS}forecast: { reach: "100" }`, /TCN-R002 `forecast` does not say `within` which time/],
    [`${CHAT}${TOKENS}forecast: { reach: "100", within: 7d, over: 36h }`, /TCN-R007 `over` is 5 to 90 whole days/],
    [`${CHAT}${TOKENS}forecast: { reach: "100", within: 7d }\nwhen: "> 5"`, /TCN-R009 `when` does not go with `forecast`/],
    [`${CHAT}${TOKENS}forecast: { reach: "100", within: 7d }\nwindow: 7h`, /TCN-R007 the window of a forecast must divide a day/],
    [`${CHAT}${TOKENS}forecast: { reach: "< 100", sum: month }`, /TCN-R009 what adds up can only rise/],
  ])('%s', (yaml, expected) => {
    expect(wrong(yaml)).toContainEqual(expect.stringMatching(expected));
  });
});

describe('a rule about inventory or cost', () => {
  it('has the labels of its value', () => {
    expect(rule(`${CHAT}inventory: { value: daysToRetirement }\nwhen: "< 60"`)).toMatchObject({
      signal: { kind: 'inventory', by: ['ModelDeploymentName', 'ModelName', 'ModelVersion'] },
      every: HOUR,
      delay: 0,
    });
    expect(rule('on: train\ninventory: { value: quotaUsed }\nwhen: "> 90%"')).toMatchObject({
      signal: { by: ['Quota', 'Region'] },
      condition: { when: { threshold: 0.9 } },
    });
    expect(rule(`${CHAT}cost: { by: [ModelName, Region] }\nwhen: "> 200"`)).toMatchObject({ window: DAY, every: HOUR });
  });

  it.each([
    [
      'on: train\ninventory: { value: daysToRetirement }\nwhen: "< 60"',
      /TCN-R009 `daysToRetirement` is known of Microsoft.CognitiveServices\/accounts only/,
    ],
    ['on: train\ncost: {}\nwhen: "> 5"', /TCN-R009 `cost` is known of/],
    [`${CHAT}cost: { by: [Caller] }\nwhen: "> 5"`, /TCN-R014 it cannot be split by Caller/],
    [`${CHAT}inventory: { value: quotaUsed }`, /TCN-R002 the rule has no condition/],
    [
      `${CHAT}inventory: { value: quotaUsed }\nforecast: { reach: "100%", within: 7d }`,
      /TCN-R009 `forecast` does not go with `inventory`/,
    ],
    [`${CHAT}inventory: { value: quotaLeft }\nwhen: "< 10%"`, /TCN-R008 `when` is in percent/],
  ])('%s', (yaml, expected) => {
    expect(wrong(yaml)).toContainEqual(expect.stringMatching(expected));
  });
});
