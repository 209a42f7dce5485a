import fc from 'fast-check';
import { MINUTE } from '../../src/model/duration.ts';
import type { LogSignal, MetricSignal, Rule } from '../../src/model/rule.ts';
import type { Target } from '../../src/model/target.ts';

export const ACCOUNTS = 'Microsoft.CognitiveServices/accounts';

export function metricSignal(overrides: Partial<MetricSignal> = {}): MetricSignal {
  return {
    kind: 'metric',
    namespace: ACCOUNTS,
    metric: { name: 'ModelRequests', where: {}, aggregate: 'total' },
    over: null,
    by: ['ModelDeploymentName'],
    grain: MINUTE,
    ...overrides,
  };
}

export function logSignal(overrides: Partial<LogSignal> = {}): LogSignal {
  return { kind: 'log', query: 'AzureDiagnostics', table: 'AzureDiagnostics', value: null, by: [], ...overrides };
}

export function ruleOf(overrides: Partial<Rule> = {}): Rule {
  return {
    id: 'R',
    disposition: 'report',
    on: { type: ACCOUNTS },
    signal: metricSignal(),
    condition: { kind: 'threshold', when: { operator: '>', threshold: 0 }, clear: null },
    window: 5 * MINUTE,
    every: MINUTE,
    for: 0,
    failing: null,
    keepFiringFor: 0,
    floor: 0,
    noData: 'keep',
    onError: 'keep',
    delay: 3 * MINUTE,
    severity: 2,
    labels: {},
    summary: '',
    respond: null,
    categories: [],
    source: { file: 'rules.yaml', line: 1 },
    ...overrides,
  };
}

export function targetOf(name: string, overrides: Partial<Target> = {}): Target {
  const subscriptionId = overrides.subscriptionId ?? 'sub-1';
  return {
    id: `/subscriptions/${subscriptionId}/resourcegroups/rg/providers/microsoft.cognitiveservices/accounts/${name}`,
    name,
    type: ACCOUNTS.toLowerCase(),
    kind: 'OpenAI',
    location: 'swedencentral',
    subscriptionId,
    resourceGroup: 'rg',
    tags: {},
    ...overrides,
  };
}

export const targetsOf = (count: number, overrides: Partial<Target> = {}): readonly Target[] =>
  Array.from({ length: count }, (_, index) => targetOf(`account-${index}`, overrides));

const EVERY = [MINUTE, 5 * MINUTE, 15 * MINUTE, 60 * MINUTE];
const DELAYS = [0, 3 * MINUTE, 10 * MINUTE, 20 * MINUTE];
const METRICS = ['ModelRequests', 'TotalTokens', 'InputTokens', 'OutputTokens', 'AzureOpenAIRequests'];

export const timing = fc.record({ every: fc.constantFrom(...EVERY), delay: fc.constantFrom(...DELAYS) });

/** Rules of both kinds with names of their own. */
export const rules = fc
  .array(
    fc.record({
      timing,
      metric: fc.option(fc.constantFrom(...METRICS), { nil: null }),
      grain: fc.constantFrom(MINUTE, 5 * MINUTE),
    }),
    { minLength: 1, maxLength: 30 },
  )
  .map((list) =>
    list.map(({ timing: { every, delay }, metric, grain }, index) =>
      ruleOf({
        id: `Rule${index}`,
        every,
        delay,
        signal:
          metric === null
            ? logSignal()
            : metricSignal({ grain, metric: { name: `${metric}${index % 25}`, where: {}, aggregate: 'total' } }),
      }),
    ),
  );

export const targets = fc
  .uniqueArray(
    fc.record({
      name: fc.integer({ min: 0, max: 400 }).map((number) => `account-${number}`),
      subscriptionId: fc.constantFrom('sub-1', 'sub-2'),
      location: fc.constantFrom('swedencentral', 'eastus2'),
    }),
    { selector: ({ name, subscriptionId }) => `${subscriptionId}/${name}`, minLength: 1, maxLength: 160 },
  )
  .map((list) => list.map(({ name, subscriptionId, location }) => targetOf(name, { subscriptionId, location })));
