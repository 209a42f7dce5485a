import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ALERTS_BYTES, EVIDENCE_BYTES, type NotificationContent, webhookBody } from '../../src/notify/webhook-body.ts';
import { alertOf, resolved, TARGET } from '../alerts/make.ts';

const chat = alertOf('chat');
const done = resolved(alertOf('embeddings'), Date.parse('2026-11-21T08:20:00Z'));
const content: NotificationContent = {
  receiver: 'on-call',
  group: { labels: { alertname: 'AzureOpenAIThrottled', target: TARGET } },
  reason: 'newly resolved',
  alerts: [chat, done],
  truncated: 0,
  consoleUrl: 'https://tocsin.example',
};

describe('the webhook body', () => {
  const body = webhookBody(content);

  it('says what fires, where, since when, how bad it is and what to do', () => {
    expect(body.alerts[0]).toEqual({
      status: 'firing',
      labels: {
        alertname: 'AzureOpenAIThrottled',
        target: TARGET,
        resource: 'aoai-prod',
        severity: 'error',
        ModelDeploymentName: 'chat',
      },
      annotations: {
        summary: 'chat: 25% of calls refused with 429',
        description: 'Shift traffic or raise capacity for chat.',
        condition: '> 10%',
        runbook_url: 'https://runbooks.example/throttled',
      },
      startsAt: '2026-11-21T08:00:00.000Z',
      endsAt: '0001-01-01T00:00:00Z',
      generatorURL: `https://tocsin.example/alerts/${chat.fingerprint}`,
      fingerprint: chat.fingerprint,
      severity: 1,
      value: 0.25,
      values: { value: 0.25, threshold: 0.1 },
      reason: 'breach',
      acknowledgement: null,
      response: {
        owner: 'ai-platform',
        within: '15m',
        action: 'Shift traffic or raise capacity for chat.',
        runbook: 'https://runbooks.example/throttled',
        steps: ['Look at the callers', 'Raise the capacity'],
      },
      links: {
        console: `https://tocsin.example/alerts/${chat.fingerprint}`,
        silence: `https://tocsin.example/alerts/${chat.fingerprint}#silence`,
        ack: `https://tocsin.example/alerts/${chat.fingerprint}#ack`,
        query: `https://tocsin.example/alerts/${chat.fingerprint}#series`,
        portal: `https://portal.azure.com/#resource${TARGET}`,
      },
      evidence: {
        condition: '> 10%',
        unit: 'ratio',
        threshold: 0.1,
        points: [
          { at: '2026-11-21T07:59:00.000Z', value: 0.2 },
          { at: '2026-11-21T08:00:00.000Z', value: 0.25 },
        ],
      },
    });
  });

  it('says when an alert ended', () => {
    expect(body.alerts[1]).toMatchObject({ status: 'resolved', endsAt: '2026-11-21T08:20:00.000Z', reason: 'recovered' });
  });

  it('speaks of the group as Alertmanager does', () => {
    const { alerts, ...envelope } = body;
    expect(alerts).toHaveLength(2);
    expect(envelope).toEqual({
      version: '4',
      heldAlerts: 0,
      groupKey: `{}:{alertname="AzureOpenAIThrottled", target="${TARGET}"}`,
      status: 'firing',
      receiver: 'on-call',
      reason: 'newly resolved',
      groupLabels: { alertname: 'AzureOpenAIThrottled', target: TARGET },
      commonLabels: { alertname: 'AzureOpenAIThrottled', target: TARGET, resource: 'aoai-prod', severity: 'error' },
      commonAnnotations: { condition: '> 10%', runbook_url: 'https://runbooks.example/throttled' },
      externalURL: 'https://tocsin.example',
      truncatedAlerts: 0,
    });
  });

  it('is resolved once nothing fires', () => {
    expect(webhookBody({ ...content, alerts: [done] }).status).toBe('resolved');
  });

  it('keeps a severity label that the rule sets itself', () => {
    const labelled = webhookBody({ ...content, alerts: [alertOf('chat', { labels: { severity: 'page' } })] });
    expect(labelled.commonLabels.severity).toBe('page');
  });

  it('has no portal link where the target is no resource', () => {
    const other = webhookBody({ ...content, alerts: [alertOf('chat', { target: 'heartbeat:nightly' })] });
    expect(other.alerts[0]?.links.portal).toBeNull();
    expect(other.alerts[0]?.labels.resource).toBe('heartbeat:nightly');
  });

  it('stays within what receivers take: points go first, then alerts, and those are counted', () => {
    const points = Array.from({ length: 400 }, (_, index) => ({ at: chat.startsAt + index * 60_000, value: index / 7 }));
    const alerts = Array.from({ length: 100 }, (_, index) =>
      alertOf(`deployment-${index}`, {
        evidence: { points, threshold: 0.1, unit: 'ratio' },
        summary: 'x'.repeat(index < 50 ? 100 : 5_000),
      }),
    );
    const large = webhookBody({ ...content, alerts, truncated: 7 });
    expect(large.alerts[0]?.evidence?.points).toHaveLength(400);
    expect(large.alerts.at(-1)?.evidence).toBeNull();
    expect(large.alerts.length).toBeGreaterThan(50);
    expect(large.alerts.length + large.truncatedAlerts).toBe(107);
    expect(Buffer.byteLength(JSON.stringify(large))).toBeLessThan(ALERTS_BYTES + EVIDENCE_BYTES + 8_000);
  });

  it('shows one alert however large it is', () => {
    const large = webhookBody({ ...content, alerts: [alertOf('chat', { summary: 'x'.repeat(2 * ALERTS_BYTES) })] });
    expect(large.alerts).toHaveLength(1);
  });
});

const sample = new URL('../../../shared/alerting/payloads/alertmanager/webhook-v4-firing.json', import.meta.url);

const wanted = existsSync(sample) || process.env.CI !== undefined;

describe.runIf(wanted)('beside a body that Alertmanager sent (skipped without ../shared/alerting)', () => {
  type Json = Record<string, unknown> & { alerts: Record<string, unknown>[] };
  const theirs = JSON.parse(wanted ? readFileSync(sample, 'utf8') : '{"alerts":[]}') as Json;
  const ours = JSON.parse(JSON.stringify(webhookBody(content))) as Json;

  it('has every field with the same type', () => {
    for (const [name, value] of Object.entries(theirs)) expect(typeof ours[name], name).toBe(typeof value);
    for (const [name, value] of Object.entries(theirs.alerts[0] ?? {}))
      expect(typeof ours.alerts[0]?.[name], name).toBe(typeof value);
  });

  it('has texts as labels and annotations', () => {
    for (const alert of ours.alerts) {
      const texts = { ...(alert.labels as object), ...(alert.annotations as object) };
      for (const [name, value] of Object.entries(texts)) expect(typeof value, name).toBe('string');
    }
  });

  it('writes an end that has not come in the same way', () => {
    expect(ours.alerts[0]?.endsAt).toBe(theirs.alerts[0]?.endsAt);
  });
});
