import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pushOfAzure } from '../../src/alerts/azure-alert.ts';
import { pushFingerprint } from '../../src/alerts/pushed.ts';
import type { PushedAlert } from '../../src/model/push.ts';
import { hasShared, SHARED } from '../support/shared.ts';

const NOW = Date.parse('2025-04-15T18:30:00Z');
const DAY = 86_400_000;
const folder = join(SHARED, 'alerting/payloads/azure');

const sample = (name: string): unknown => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));

function taken(body: unknown): PushedAlert {
  const pushed = pushOfAzure(body, NOW);
  if (typeof pushed === 'string') throw new Error(pushed);
  return pushed;
}

/** Essentials of a metric alert around a context from the samples. */
function around(context: string): unknown {
  const { data } = sample('metric-static-fired') as { data: { essentials: object } };
  const { alertContext } = sample(`context/${context}`) as { alertContext: object };
  return { schemaId: 'azureMonitorCommonAlertSchema', data: { essentials: data.essentials, alertContext } };
}

describe.skipIf(!hasShared)('an alert of Azure Monitor', () => {
  const samples = hasShared ? readdirSync(folder).filter((name) => name.endsWith('.json')) : [];

  it.each(samples)('of %s has a name, a place, a severity, a text and one identity', (name) => {
    const body = sample(name.replace('.json', ''));
    const { labels, annotations, startsAt, endsAt } = taken(body);
    expect(labels).toMatchObject({ alertname: expect.stringMatching(/\S/), severity: expect.stringMatching(/^sev\d$/) });
    expect(annotations.summary ?? annotations.description).toMatch(/\S/);
    expect(Number.isFinite(startsAt) && Number.isFinite(endsAt)).toBe(true);
    expect(pushFingerprint(taken(body).labels)).toBe(pushFingerprint(labels));
  });

  it.each([
    'metric-dynamic',
    'log-alerts-v1-platform',
    'log-alerts-v2',
    'activity-security',
    'service-health',
    'resource-health',
    'prometheus',
  ])('with the context %s is understood', (name) => {
    expect(taken(around(name)).labels.alertname).toBe('test-metricAlertRule');
  });

  it('is the same when it resolves, and ends when Azure says', () => {
    const over = sample('metric-static-resolved') as { data: { essentials: object } };
    const begun = structuredClone(over);
    Object.assign(begun.data.essentials, { monitorCondition: 'Fired', resolvedDateTime: undefined, description: 'other words' });
    const [fired, resolved] = [taken(begun), taken(over)];
    expect(pushFingerprint(resolved.labels)).toBe(pushFingerprint(fired.labels));
    expect(resolved.endsAt).toBe(Date.parse('2019-03-22T14:03:16.224Z'));
    expect(fired).toMatchObject({ timeout: true, endsAt: NOW + 30 * DAY });
    expect(resolved.timeout).toBe(false);
    expect(resolved.endsAt).toBeLessThanOrEqual(NOW);
  });

  it('has its dimensions as labels, the condition in words and what somebody added', () => {
    const { labels, annotations } = taken(sample('metric-static-fired'));
    expect(labels).toMatchObject({ ApiName: 'GetBlob', severity: 'sev4', source: 'azure-monitor' });
    expect(labels.target).toMatch(/^\/subscriptions\/.*\/test-storageaccount$/);
    expect(annotations).toMatchObject({ condition: 'Total Transactions is 100 (> 0)', customKey1: 'value1' });
  });

  it('of a budget is known by its budget, although rule, severity and targets are null', () => {
    const { labels } = taken(sample('budget-actual'));
    expect(labels).toMatchObject({ alertname: 'Test_actual_cost_budget', threshold: '$25.00' });
    expect(labels.target).toMatch(/budgets\/test_actual_cost_budget$/);
    expect(pushFingerprint(labels)).not.toBe(pushFingerprint(taken(sample('budget-forecast')).labels));
  });

  it('is an event where Azure never says that it is over', () => {
    expect(taken(sample('activity-log-administrative')).endsAt).toBe(NOW + DAY);
    expect(taken(sample('smart-alert')).endsAt).toBe(NOW + DAY);
  });

  it('of service health ends with its stage, and its HTML is text', () => {
    const { annotations, labels, timeout } = taken(sample('service-health'));
    expect(timeout).toBe(false);
    expect(labels.trackingId).toBe('TEST-TTT');
    expect(JSON.stringify(annotations)).not.toContain('<');
  });

  it('of a rule that Azure switched off is one, too', () => {
    expect(taken(sample('activity-log-rule-disabled')).labels.alertname).toBe(
      'Microsoft.Insights/ScheduledQueryRules/disable/action',
    );
  });

  it('is refused in another schema', () => {
    expect(pushOfAzure({ schemaId: 'AzureMonitorMetricAlert', data: {} }, NOW)).toContain('common alert schema');
    expect(pushOfAzure([], NOW)).toContain('common alert schema');
    expect(pushOfAzure({ schemaId: 'azureMonitorCommonAlertSchema' }, NOW)).toContain('essentials');
  });
});
