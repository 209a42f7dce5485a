import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { kqlBinder } from '../../src/local/kql/bind.ts';
import { compileQuery, isCompiled } from '../../src/local/kql/engine.ts';
import type { Schema } from '../../src/local/kql/schema.ts';
import { DAY, HOUR, MINUTE } from '../../src/model/duration.ts';
import type { Rule } from '../../src/model/rule.ts';
import { columnsOf, tableNames } from '../../src/rules/catalogue.ts';
import { loadRuleFiles } from '../../src/rules/load.ts';
import { logReadings, metricQueries, readingsFor } from '../../src/rules/plan.ts';
import { answer, type Sample } from './fake-metrics.ts';
import { targetOf } from './fixtures.ts';

const folder = new URL('../../rules/', import.meta.url);
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => ({ path: `rules/${name}`, text: readFileSync(new URL(name, folder), 'utf8') }));
const { rules, notes, diagnostics } = loadRuleFiles(files, { bind: kqlBinder() });
const ruleNamed = (id: string): Rule => {
  const rule = rules.find((one) => one.id === id);
  if (rule === undefined) throw new Error(`${id} is not among the built-in rules`);
  return rule;
};

describe('the built-in rules', () => {
  it('are right, without so much as a warning', () => {
    expect(diagnostics).toEqual([]);
    expect(rules.length).toBeGreaterThanOrEqual(80);
  });

  it('hold every kind: thresholds, absences, forecasts and events, of all that is read, ratios, parts of a window, alerts and reports', () => {
    const kinds = rules.map(({ signal, condition }) => `${signal.kind} ${condition.kind}`);
    expect(kinds).toEqual(
      expect.arrayContaining([
        'metric threshold',
        'metric absent',
        'metric forecast',
        'metric burnRate',
        'metric changed',
        'metric anomaly',
        'log threshold',
        'log absent',
        'log burnRate',
        'activity event',
        'inventory threshold',
        'cost threshold',
      ]),
    );
    expect(rules.some(({ signal }) => signal.kind === 'metric' && signal.over !== null)).toBe(true);
    expect(rules.some(({ failing }) => failing !== null)).toBe(true);
    expect(new Set(rules.map(({ disposition }) => disposition))).toEqual(new Set(['alert', 'report']));
  });

  it.each(rules.filter(({ disposition }) => disposition === 'alert').map((rule) => [rule.id, rule] as const))(
    '%s names who does what, by when, and what then',
    (_, { respond, summary, severity }) => {
      expect(respond?.owner).toMatch(/\S/);
      expect(respond?.within).toBeGreaterThan(0);
      expect(respond?.steps.length).toBeGreaterThan(0);
      expect(summary).toMatch(/\S/);
      expect(severity <= 1 ? respond?.within : 0).toBeLessThanOrEqual(HOUR);
    },
  );

  it.each(rules.map((rule) => [rule.id, rule] as const))(
    '%s says what it is about, which false alarms are known, and a report why it is none',
    (id, { disposition }) => {
      const { about, falsePositives, reason } = notes.get(id) ?? { about: null, falsePositives: [], reason: null };
      expect(about).toMatch(/\S/);
      expect(falsePositives).not.toEqual([]);
      expect(reason !== null).toBe(disposition === 'report');
    },
  );

  it('spend a floor wherever a share of few calls would cry wolf', () => {
    for (const { id, signal, floor } of rules)
      if (signal.kind === 'metric' && signal.over !== null) expect(floor, id).toBeGreaterThan(0);
  });
});

const shared = new URL('../../../shared/catalog/logs.json', import.meta.url);
const available = existsSync(shared);
if (!available && process.env.CI) throw new Error('shared/catalog is missing: queries cannot be compared with its columns');

describe.skipIf(!available)('their KQL', () => {
  const logs = available ? (JSON.parse(readFileSync(shared, 'utf8')) as Catalogue) : { tables: {}, categories: [] };
  const queries = rules.flatMap((rule) => (rule.signal.kind === 'log' ? [[rule.id, rule.signal, rule.categories] as const] : []));
  /** The reference compiled in shared/catalog ends at the watched services; the gateway's tables are checked by the product's own. */
  const documented = queries.filter(([, { table }]) => table in logs.tables);

  it.each(documented)(
    'of %s binds against the documented columns, and reads categories that exist',
    (_, { query, table, by, value }, categories) => {
      const { problems, columns } = bindAgainst(logs.tables, query);
      expect(problems).toEqual([]);
      expect(columns).toEqual(expect.arrayContaining([...by, ...(value === null ? [] : [value]), '_ResourceId']));
      expect(categories.length).toBeGreaterThan(0);
      for (const category of categories) expect(logs.categories).toContainEqual(expect.objectContaining({ category, table }));
    },
  );

  it.each(queries)('of %s runs offline, too', (_, { query }) => {
    const known = tableNames().map((name) => [name, columnsOf(name) ?? []] as const);
    const compiled = compileQuery(query, { tables: Object.fromEntries(known) as unknown as Schema['tables'] });
    expect(isCompiled(compiled) ? [] : compiled).toEqual([]);
  });
});

interface Catalogue {
  readonly tables: Readonly<Record<string, { readonly columns: readonly { readonly name: string; readonly type: string }[] }>>;
  readonly categories: readonly { readonly category: string; readonly table: string | null }[];
}

/** Binding written down a second time, straight from the references, so that a mistake in the product's own cannot hide. */
function bindAgainst(tables: Catalogue['tables'], query: string): { problems: string[]; columns: string[] } {
  const require = createRequire(import.meta.url);
  require('@kusto/language-service-next/bridge.min.js');
  require('@kusto/language-service-next/Kusto.Language.Bridge.min.js');
  // biome-ignore lint/suspicious/noExplicitAny: the package has no types for what it puts on globalThis
  const { KustoCode, GlobalState, Symbols } = (globalThis as any).Kusto.Language;
  const symbols = Object.entries(tables).map(
    ([name, { columns }]) =>
      new Symbols.TableSymbol.$ctor7(name, `(${columns.map((one) => `${one.name}:${one.type}`).join(', ')})`, null),
  );
  const code = KustoCode.ParseAndAnalyze(query, GlobalState.Default.WithDatabase(new Symbols.DatabaseSymbol.ctor('w', symbols)));
  const list = (items: { Count: number; getItem(index: number): { Message: string; Name: string } } | null) =>
    Array.from({ length: items?.Count ?? 0 }, (_, index) => items?.getItem(index));
  return {
    problems: list(code.GetDiagnostics()).map((one) => one?.Message ?? ''),
    columns: list(code.ResultType?.Columns ?? null).map((one) => one?.Name ?? ''),
  };
}

describe('AzureOpenAIThrottled', () => {
  const START = Date.UTC(2026, 10, 21, 9, 0, 0);
  const SPAN = { start: START, end: START + 5 * MINUTE };
  const account = targetOf('east');
  const sample = (deployment: string, status: string, value: number): Sample => ({
    resourceId: account.id,
    metric: 'ModelRequests',
    dimensions: { ModelDeploymentName: deployment, StatusCode: status },
    at: START,
    value,
  });

  it('is the rule of the documentation', () => {
    expect(ruleNamed('AzureOpenAIThrottled')).toMatchObject({
      severity: 1,
      window: 5 * MINUTE,
      for: 3 * MINUTE,
      keepFiringFor: 5 * MINUTE,
      floor: 20,
      condition: { when: { operator: '>', threshold: 0.1 }, clear: { operator: '<', threshold: 0.05 } },
    });
  });

  it('reads the share of refused calls of each deployment, with one call to Azure', () => {
    const rule = ruleNamed('AzureOpenAIThrottled');
    const queries = metricQueries([{ rule, targets: [account] }], SPAN);
    expect(queries).toHaveLength(1);
    const samples = [sample('chat', '200', 30), sample('chat', '429', 70), sample('code', '200', 10)];
    const [reading] = Object.values(
      readingsFor(
        rule,
        [account],
        queries.map((query) => answer(samples, query)),
        SPAN,
      ),
    );
    expect(reading).toMatchObject({
      series: [
        { labels: { ModelDeploymentName: 'chat' }, points: [{ value: 70 }], over: [{ value: 100 }] },
        { labels: { ModelDeploymentName: 'code' }, points: [{ value: 0 }], over: [{ value: 10 }] },
      ],
    });
  });
});

describe('ScheduledPipelineDidNotRun', () => {
  const rule = ruleNamed('ScheduledPipelineDidNotRun');
  const workspace = targetOf('ml', {
    id: '/subscriptions/s/resourcegroups/g/providers/microsoft.machinelearningservices/workspaces/ml',
    type: 'microsoft.machinelearningservices/workspaces',
  });

  it('expects the nightly training within a day and two hours of grace', () => {
    expect(rule.condition).toEqual({
      kind: 'absent',
      for: DAY + 2 * HOUR,
      expect: [{ kind: 'names', names: ['nightly-train'] }],
    });
  });

  it('takes a row of the job log for a sign of its experiment', () => {
    const end = Date.UTC(2026, 10, 21, 9, 0, 0);
    const at = end - HOUR;
    const readings = logReadings(
      rule,
      [workspace],
      { start: end - rule.window, end },
      {
        columns: ['_ResourceId', 'ExperimentName', 'TimeGenerated', 'Runs'].map((name) => ({
          name,
          type: name === 'TimeGenerated' ? 'datetime' : 'string',
        })),
        rows: [[workspace.id.toUpperCase(), 'nightly-train', at, 1]],
      },
    );
    expect(readings[workspace.id]).toMatchObject({
      series: [{ labels: { ExperimentName: 'nightly-train' }, points: [{ at, value: 1 }] }],
    });
  });
});
