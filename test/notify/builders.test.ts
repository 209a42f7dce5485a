import { describe, expect, it } from 'vitest';
import type { Receiver } from '../../src/model/config.ts';
import { digestBody } from '../../src/notify/digest-body.ts';
import { testNotification } from '../../src/notify/test-notification.ts';
import { WEBHOOK_TIMEOUT, webhookRequest } from '../../src/notify/webhook.ts';
import { webhookBody } from '../../src/notify/webhook-body.ts';

const NOW = Date.parse('2026-11-21T08:00:00Z');

describe('a try of a webhook', () => {
  const receiver: Receiver = {
    kind: 'webhook',
    name: 'on-call',
    url: 'https://hooks.example/T1?token=x',
    secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    sendResolved: true,
    allowPrivate: false,
  };

  it('posts the body as it is, to be signed for this moment under the id of the delivery', () => {
    expect(webhookRequest(receiver, { id: 'msg_1', body: '{"a":1}', at: NOW })).toEqual({
      url: 'https://hooks.example/T1?token=x',
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'Tocsin' },
      body: '{"a":1}',
      timeout: WEBHOOK_TIMEOUT,
      allowPrivate: false,
      sign: { id: 'msg_1', at: NOW, secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' },
    });
  });
});

describe('the announcement of a digest', () => {
  const summary = {
    id: 'daily-2026-11-21T0800Z',
    name: 'daily',
    window: { start: NOW - 86_400_000, end: NOW },
    publishedAt: NOW + 60_000,
    headline: '1 alert, 3 findings',
    alerts: 1,
    findings: 3,
  };

  it('is an envelope without alerts that links to the digest', () => {
    expect(digestBody(summary, 'mail', 'https://tocsin.example')).toMatchObject({
      version: '4',
      status: 'resolved',
      receiver: 'mail',
      reason: 'digest',
      alerts: [],
      truncatedAlerts: 0,
      commonAnnotations: { summary: '1 alert, 3 findings' },
      digest: {
        id: 'daily-2026-11-21T0800Z',
        window: { start: '2026-11-20T08:00:00.000Z', end: '2026-11-21T08:00:00.000Z' },
        alerts: 1,
        findings: 3,
        url: 'https://tocsin.example/digests/daily-2026-11-21T0800Z',
      },
    });
  });
});

describe('a test notification', () => {
  it('looks like any alert and says that it is none', () => {
    const body = webhookBody(testNotification('on-call', 'https://tocsin.example', NOW));
    expect(body).toMatchObject({
      status: 'firing',
      receiver: 'on-call',
      commonLabels: { alertname: 'TocsinTest', test: 'true' },
    });
    expect(body.alerts[0]).toMatchObject({ severity: 4, startsAt: '2026-11-21T08:00:00.000Z' });
    expect(body.alerts[0]?.annotations.summary).toContain('nothing is wrong');
  });
});
