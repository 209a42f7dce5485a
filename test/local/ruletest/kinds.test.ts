import { describe, expect, it } from 'vitest';
import { loadTestFile } from '../../../src/local/ruletest/load.ts';
import { survivorsOf } from '../../../src/local/ruletest/mutate.ts';
import { runTest } from '../../../src/local/ruletest/run.ts';
import { loadRuleFiles } from '../../../src/rules/load.ts';

const RESPOND = 'respond: { owner: us, within: 15m, action: Act. }';
const RULES = `version: 1
targets:
  chat: { type: Microsoft.CognitiveServices/accounts }
rules:
  - alert: Deleted
    on: chat
    activity: { where: { operation: "*/deployments/delete", status: Succeeded } }
    summary: "{{labels.caller}}"
    ${RESPOND}
  - alert: BackupMissed
    heartbeat: { id: backup, period: 1h, grace: 30m }
    ${RESPOND}
  - alert: Silent
    on: chat
    metric: { name: ModelRequests, aggregate: total }
    absent: { for: 15m, expect: { seen: 1d } }
    override: [{ match: { tags: { traffic: low } }, absent: { for: 1h } }]
    ${RESPOND}
  - alert: NearLimit
    on: chat
    metric: { name: TotalTokens, by: [ModelDeploymentName] }
    when: "> 80% of capacity.tokensPerMinute"
    ${RESPOND}
  - report: QuotaUsed
    on: chat
    inventory: { value: quotaUsed }
    when: "> 90%"
  - report: Retires
    on: chat
    inventory: { value: daysToRetirement }
    when: "< 60"
  - report: Spend
    on: chat
    cost: {}
    window: 1d
    when: "> 100"
  - alert: FullSoon
    on: chat
    metric: { name: ProvisionedUtilization, aggregate: maximum, by: [ModelDeploymentName] }
    forecast: { reach: "100%", within: 7d }
    ${RESPOND}
`;
const { rules, diagnostics } = loadRuleFiles([{ path: 'r.yaml', text: RULES }]);

const TESTS = `version: 1
tests:
  - name: a deletion is told with its caller, however late the log shows it
    rule: Deleted
    input:
      - { event: { operation: Microsoft.CognitiveServices/accounts/deployments/delete, status: Started, caller: ada }, at: 10m }
      - { event: { operation: Microsoft.CognitiveServices/accounts/deployments/delete, status: Succeeded, caller: ada }, at: 11m, arrives: +20m }
    expect:
      - { at: 30m, alerts: none }
      - { at: 36m, alerts: [{ labels: { caller: ada }, summary: ada }] }
      - { at: 120m, alerts: none, episodes: [{ fired: 35m, resolved: 100m }] }
  - name: an override allows a longer silence
    rule: Silent
    targets: { busy: {}, slow: { tags: { traffic: low } } }
    input:
      - { metric: ModelRequests, values: 5x30 }
    expect:
      - { at: 60m, alerts: [{ target: busy }] }
      - { at: 120m, alerts: [{ target: busy }, { target: slow }], episodes: [{ target: busy, fired: 46m }, { target: slow, fired: 90m }] }
  - name: a missing check-in fires and resolves when it comes
    rule: BackupMissed
    input:
      - { checkIn: backup, at: 0, every: 1h, until: 2h }
      - { checkIn: backup, at: 4h }
    expect:
      - { at: 3h29m, alerts: none }
      - { at: 3h30m, alerts: [{ labels: { heartbeat: backup }, reason: overdue }] }
      - { at: 4h1m, alerts: none }
  - name: a deployment near its limit
    rule: NearLimit
    targets:
      east: { deployments: [{ labels: { ModelDeploymentName: chat }, tokensPerMinute: 1000 }, { labels: { ModelDeploymentName: big }, tokensPerMinute: 9000 }] }
    input:
      - { metric: TotalTokens, labels: { ModelDeploymentName: chat }, values: 850x20 }
      - { metric: TotalTokens, labels: { ModelDeploymentName: big }, values: 850x20 }
      - { metric: TotalTokens, labels: { ModelDeploymentName: unknown }, values: 99999x20 }
    expect:
      - { at: 15m, alerts: [{ labels: { ModelDeploymentName: chat }, value: 85% }] }
  - name: a quota used up and one that is not
    rule: QuotaUsed
    targets: { east: { quotas: [{ name: a, used: 95, limit: 100 }, { name: b, used: 5, limit: 100 }] } }
    expect:
      - { at: 61m, findings: [{ labels: { Quota: a } }] }
  - name: a model that retires soon
    rule: Retires
    targets:
      east:
        deployments:
          - { labels: { ModelDeploymentName: old, ModelName: gpt-4o, ModelVersion: "1" }, retires: 30d }
          - { labels: { ModelDeploymentName: new, ModelName: gpt-4o, ModelVersion: "2" }, retires: 90d }
    expect:
      - { at: 61m, findings: [{ labels: { ModelDeploymentName: old } }] }
  - name: a day above the budget
    rule: Spend
    start: 2026-01-05T12:00Z
    input:
      - { metric: InputTokens, labels: { ModelDeploymentName: chat, ModelName: gpt-4o, ModelVersion: "1" }, from: -1d, values: 30000x1500 }
      - { metric: OutputTokens, labels: { ModelDeploymentName: chat, ModelName: gpt-4o, ModelVersion: "1" }, from: -1d, values: 1000x1500 }
      - { metric: InputTokens, labels: { ModelDeploymentName: small, ModelName: gpt-4o-mini, ModelVersion: "1" }, from: -1d, values: 30000x1500 }
    expect:
      - { at: 30m, findings: [{ labels: { ModelDeploymentName: chat } }] }
  - name: a rising peak and a level one
    rule: FullSoon
    input:
      - { metric: ProvisionedUtilization, labels: { ModelDeploymentName: rising }, from: -14d, interval: 1d, values: 70+2x14 }
      - { metric: ProvisionedUtilization, labels: { ModelDeploymentName: level }, from: -14d, interval: 1d, values: 95 97 96 95 97 96 95 97 96 95 97 96 95 97 96 }
    expect:
      - { at: 70m, alerts: [{ labels: { ModelDeploymentName: rising } }] }
`;

describe('tests of rules of every kind', () => {
  const loaded = loadTestFile({ path: 't.test.yaml', text: TESTS });

  it('load', () => {
    expect(diagnostics).toEqual([]);
    expect(loaded.diagnostics).toEqual([]);
    expect(loaded.tests).toHaveLength(8);
  });

  it.each(loaded.tests.map((test) => [test.name, test] as const))('%s', async (_, test) => {
    const { failures } = await runTest(test, rules);
    expect(failures.map(({ diagnostic, expected, got, context }) => [diagnostic.message, expected, got, context])).toEqual([]);
  });

  it.each(rules.map((rule) => [rule.id, rule] as const))('notice that the condition of %s is gone', async (id, rule) => {
    const own = loaded.tests.filter((test) => test.rules?.includes(id));
    expect(await survivorsOf(rule, own, rules)).not.toContain('never');
  });

  it('name a field that events do not have', async () => {
    const text =
      'version: 1\ntests:\n  - name: x\n    rule: Deleted\n    input: [{ event: { operaton: x } }]\n    expect: [{ alerts: none }]\n';
    const [test] = loadTestFile({ path: 't.test.yaml', text }).tests;
    if (test === undefined) throw new Error('it loads');
    expect((await runTest(test, rules)).failures[0]?.diagnostic.message).toBe('events have no field operaton');
  });
});
