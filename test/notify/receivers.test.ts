import { createHash, createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Receiver } from '../../src/model/config.ts';
import { scopeFor } from '../../src/notify/bearer.ts';
import { sparkline } from '../../src/notify/message.ts';
import { bodyFor, digestFor, requestFor, verdictFor } from '../../src/notify/receivers.ts';
import { alertOf, TARGET } from '../alerts/make.ts';
import { hasShared, SHARED } from '../support/shared.ts';
import { FIRING, NOW, OVER, RECEIVERS, receiverOf } from './contents.ts';

type Json = { readonly [key: string]: Json } & readonly Json[] & string;
const built = (one: Receiver, content = FIRING): Json => JSON.parse(bodyFor(one, content, 'msg_1', NOW)) as Json;

const KINDS = Object.values(RECEIVERS);

describe.each(Object.entries(RECEIVERS))('%s', (_, one) => {
  it('shows what, where, since when, how bad, the response and where to look', () => {
    const text = JSON.stringify(built(one)).replaceAll('\\\\', '');
    for (const part of ['AzureOpenAIThrottled', 'chat', 'aoai-prod', '2026-11-21', '25% of calls', 'Shift traffic']) {
      expect(text).toContain(part);
    }
    expect(text).toMatch(/https:\/\/tocsin\.example\/alerts\/[0-9a-f]{64}#silence/);
  });

  it('says what it does not show', () => {
    expect(JSON.stringify(built(one))).toMatch(/more not shown here|"truncatedAlerts":3/);
  });

  it('keeps secrets out of the body that is archived', () => {
    if (one.secret !== '') expect(bodyFor(one, FIRING, 'msg_1', NOW)).not.toContain(one.secret);
  });

  it('stays within the limits of its medium, whatever the alerts', () => {
    const long = 'x'.repeat(20_000);
    const many = Array.from({ length: 100 }, (__, index) => alertOf(`${index} ${long.slice(0, 500)}`, { summary: long }));
    const body = bodyFor(one, { ...FIRING, alerts: many }, 'msg_1', NOW);
    expect(Buffer.byteLength(body)).toBeLessThan((one.kind === 'teams' ? 28 : one.kind === 'pagerduty' ? 512 : 256) * 1024);
  });
});

describe('a Slack message', () => {
  it('keeps within the limits of Block Kit and escapes its markup', () => {
    const long = alertOf('chat', { summary: `<&>${'x'.repeat(5_000)}` });
    const { blocks } = built(receiverOf('slack'), { ...FIRING, alerts: Array.from({ length: 60 }, () => long) });
    expect(blocks?.length).toBeLessThanOrEqual(50);
    for (const block of blocks ?? []) {
      if (block.type === 'header') expect(block.text?.text?.length).toBeLessThanOrEqual(150);
      else if (block.text !== undefined) expect(block.text.text?.length).toBeLessThanOrEqual(3_000);
      for (const field of block.fields ?? []) expect(field.text?.length).toBeLessThanOrEqual(2_000);
    }
    expect(JSON.stringify(blocks)).toContain('&lt;&amp;&gt;');
  });
});

describe('a Teams webhook', () => {
  it('that is throttled answers 200, and is tried again all the same', () => {
    const throttled = {
      status: 200,
      headers: {},
      body: 'Webhook message delivery failed with error: HTTP error 429 with ContextId x',
    };
    expect(verdictFor(receiverOf('teams'), throttled)).toMatchObject({ kind: 'try again', code: 'TCN-N007' });
    expect(verdictFor(receiverOf('teams'), { ...throttled, body: '1' })).toEqual({ kind: 'delivered' });
    expect(verdictFor(receiverOf('slack'), throttled)).toEqual({ kind: 'delivered' });
  });
});

describe('requests', () => {
  const request = (one: Receiver, content = FIRING) =>
    requestFor(one, { id: 'msg_1', at: NOW, body: bodyFor(one, content, 'msg_1', NOW) });

  it('give PagerDuty its key, and one incident per group', () => {
    const one = receiverOf('pagerduty', { secret: 'routing-key' });
    const [opened, closed] = [FIRING, OVER].map((content) => JSON.parse(String(request(one, content).body)) as Json);
    expect(opened).toMatchObject({ routing_key: 'routing-key', event_action: 'trigger' });
    expect(closed).toMatchObject({ event_action: 'resolve', dedup_key: opened?.dedup_key });
  });

  it('tell long groups apart', () => {
    const long = `${TARGET}-${'x'.repeat(600)}`;
    const keys = ['1', '2'].map((end) => {
      const group = { labels: { alertname: 'AzureOpenAIThrottled', target: `${long}${end}` } };
      return built(receiverOf('pagerduty'), { ...FIRING, group }).dedup_key;
    });
    expect(keys[0]).not.toBe(keys[1]);
    for (const key of keys) expect(key?.length).toBeLessThanOrEqual(255);
  });

  it('create an alert of Jira Service Management and close it by its alias', () => {
    const one = receiverOf('jiraServiceManagement', { secret: 'api-key' });
    const opened = request(one);
    expect(opened.headers).toMatchObject({ authorization: 'GenieKey api-key' });
    const { alias } = JSON.parse(String(opened.body)) as Json;
    expect(request(one, OVER).url).toBe(`${one.url}/${encodeURIComponent(String(alias))}/close?identifierType=alias`);
  });

  it('sign webhooks only, and name the type of a CloudEvent', () => {
    expect(KINDS.map((one) => [one.kind, request(one).sign?.secret])).toEqual(KINDS.map((one) => [one.kind, '']));
    const event = request(receiverOf('webhook', { format: 'cloudevents' }));
    expect(event.headers['content-type']).toBe('application/cloudevents+json; charset=utf-8');
  });

  it('authenticate to ServiceNow', () => {
    expect(request(receiverOf('servicenow', { secret: 'user:password' })).headers).toMatchObject({
      authorization: `Basic ${Buffer.from('user:password').toString('base64')}`,
    });
  });
});

describe('the announcement of a digest', () => {
  const summary = {
    id: 'daily-1',
    name: 'daily',
    window: { start: NOW - 1, end: NOW },
    publishedAt: NOW,
    headline: '1 alert',
    alerts: 1,
    findings: 0,
  };

  it('goes to chats, mailboxes and webhooks, and to nobody who is paged', () => {
    const told = KINDS.map((one) => [one.kind, digestFor(one, summary, 'https://tocsin.example') !== null]);
    expect(told.filter(([, any]) => any).map(([kind]) => kind)).toEqual([
      'webhook',
      'slack',
      'teams',
      'email',
      'communicationServices',
      'eventHub',
    ]);
  });
});

describe('a sparkline', () => {
  it('draws the newest points between least and greatest', () => {
    expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7])).toBe('▁▂▃▄▅▆▇█');
    expect(sparkline([5, 5])).toBe('▁▁');
    expect(sparkline([1])).toBe('');
  });
});

/** Every key of the sample is there with a value of the sample's type; what is `null` there may be anything. */
function shapedLike(sample: unknown, actual: unknown, path = ''): readonly string[] {
  if (sample === null) return actual === undefined ? [`${path} is missing`] : [];
  if (typeof sample !== 'object') return typeof actual === typeof sample ? [] : [`${path} is ${typeof actual}`];
  if (Array.isArray(sample)) {
    if (!Array.isArray(actual)) return [`${path} is no list`];
    return sample.length === 0 || actual.length === 0 ? [] : shapedLike(sample[0], actual[0], `${path}[0]`);
  }
  return Object.entries(sample).flatMap(([key, value]) =>
    shapedLike(value, (actual as Json | undefined)?.[key], `${path}.${key}`),
  );
}

describe.skipIf(!hasShared)('official samples', () => {
  const sample = (file: string): Json => JSON.parse(readFileSync(join(SHARED, 'alerting/payloads', file), 'utf8')) as Json;
  /** Keys of a sample that only its own example has. */
  const without = (value: unknown, ...keys: readonly string[]): unknown =>
    JSON.parse(JSON.stringify(value, (key, one) => (keys.includes(key) ? undefined : one)));

  it('of the common alert schema have what ours has, fired and resolved', () => {
    const one = receiverOf('webhook', { format: 'azure-common-schema' });
    const own = ['customProperties', 'properties'];
    expect(shapedLike(without(sample('azure/metric-static-fired.json'), ...own), built(one))).toEqual([]);
    expect(shapedLike(without(sample('azure/metric-static-resolved.json'), ...own, 'alertRuleId'), built(one, OVER))).toEqual([]);
  });

  it('of CloudEvents, Slack, Teams and PagerDuty, too', () => {
    const event = without(sample('cloudevents/structured-json.json'), 'comexampleextension1', 'comexampleothervalue', 'data');
    expect(shapedLike(event, built(receiverOf('webhook', { format: 'cloudevents' })))).toEqual([]);
    expect(shapedLike(without(sample('slack/incoming-webhook-blocks.json'), 'blocks'), built(receiverOf('slack')))).toEqual([]);
    expect(shapedLike(sample('teams/alertmanager-msteamsv2-shape.json'), built(receiverOf('teams')))).toEqual([]);
    const page = without(sample('pagerduty/events-v2-trigger.json'), 'images', 'group', 'free space', 'ping time', 'load avg');
    const one = receiverOf('pagerduty', { secret: 'k' });
    const sent = requestFor(one, { id: 'm', at: NOW, body: bodyFor(one, FIRING, 'm', NOW) });
    expect(shapedLike(page, JSON.parse(String(sent.body)))).toEqual([]);
  });

  it('of Alertmanager, too', () => {
    expect(
      shapedLike(
        without(
          sample('alertmanager/webhook-v4-firing.json'),
          'labels',
          'annotations',
          'groupLabels',
          'commonLabels',
          'commonAnnotations',
        ),
        built(receiverOf('webhook')),
      ),
    ).toEqual([]);
  });
});

describe('e-mail through Azure Communication Services', () => {
  const key = Buffer.from('a key').toString('base64');
  const one = receiverOf('communicationServices', {
    url: 'https://r.communication.azure.com',
    secret: key,
    from: 't@a.test',
    to: ['o@a.test'],
  });
  const request = (at: number) => requestFor(one, { id: 'msg_1', body: bodyFor(one, FIRING, 'msg_1', NOW), at });

  it('is signed over path, date, host and body, under one operation id at every try', () => {
    const { url, headers, body } = request(NOW);
    expect(url).toBe('https://r.communication.azure.com/emails:send?api-version=2023-03-31');
    const digest = createHash('sha256').update(String(body)).digest('base64');
    const signed = `POST\n/emails:send?api-version=2023-03-31\n${headers['x-ms-date']};r.communication.azure.com;${digest}`;
    const signature = createHmac('sha256', Buffer.from(key, 'base64')).update(signed).digest('base64');
    expect(headers.authorization).toBe(`HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=${signature}`);
    expect(headers['operation-id']).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(request(NOW + 60_000).headers['operation-id']).toBe(headers['operation-id']);
    expect(JSON.parse(String(body))).toMatchObject({
      senderAddress: 't@a.test',
      recipients: { to: [{ address: 'o@a.test' }] },
      content: { subject: expect.stringContaining('FIRING 1'), plainText: expect.any(String), html: expect.any(String) },
    });
  });
});

describe('a service of Azure without a key', () => {
  it.each([
    ['communicationServices', 'https://communication.azure.com/.default'],
    ['eventGrid', 'https://eventgrid.azure.net/.default'],
    ['eventHub', 'https://eventhubs.azure.net/.default'],
  ] as const)('%s is asked with a token for %s, and with nothing of a key', (kind, scope) => {
    const one = receiverOf(kind, { from: 't@a.test', to: ['o@a.test'] });
    expect(scopeFor(one)).toBe(scope);
    expect(scopeFor({ ...one, secret: 'policy:key' })).toBeNull();
    const { headers } = requestFor(one, { id: 'msg_1', body: bodyFor(one, FIRING, 'msg_1', NOW), at: NOW, token: 'a-token' });
    expect(headers.authorization).toBe('Bearer a-token');
    expect(Object.keys(headers).filter((name) => /aeg-sas-key|x-ms-content/.test(name))).toEqual([]);
  });

  it('is one of these: no other takes tokens', () => {
    expect(scopeFor(receiverOf('webhook'))).toBeNull();
    expect(scopeFor(receiverOf('slack'))).toBeNull();
  });
});

describe('an event', () => {
  it('goes to a topic of Event Grid as a CloudEvent with its key', () => {
    const one = receiverOf('eventGrid', { secret: 'topic-key' });
    const { headers } = requestFor(one, { id: 'msg_1', body: bodyFor(one, FIRING, 'msg_1', NOW), at: NOW });
    expect(headers).toMatchObject({
      'aeg-sas-key': 'topic-key',
      'content-type': expect.stringContaining('application/cloudevents+json'),
    });
  });

  it('goes to an Event Hub with a token of its policy', () => {
    const one = receiverOf('eventHub', { url: 'https://ns.servicebus.windows.net/Alerts/', secret: 'send:a-key' });
    const { url, headers } = requestFor(one, { id: 'msg_1', body: '{}', at: NOW });
    const expiry = NOW / 1000 + 3_600;
    const resource = encodeURIComponent('https://ns.servicebus.windows.net/alerts');
    const signature = createHmac('sha256', 'a-key').update(`${resource}\n${expiry}`).digest('base64');
    expect(url).toBe('https://ns.servicebus.windows.net/Alerts/messages');
    expect(headers.authorization).toBe(
      `SharedAccessSignature sr=${resource}&sig=${encodeURIComponent(signature)}&se=${expiry}&skn=send`,
    );
  });
});
