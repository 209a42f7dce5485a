import { describe, expect, it } from 'vitest';
import type { Receiver, ReceiverKind } from '../../src/model/config.ts';
import { bodyFor } from '../../src/notify/receivers.ts';
import { customTexts } from '../../src/notify/template.ts';
import type { NotificationContent } from '../../src/notify/webhook-body.ts';
import { loadConfig } from '../../src/rules/config.ts';
import { alertOf, TARGET } from '../alerts/make.ts';

const chat = alertOf('chat');
const CONTENT: NotificationContent = {
  receiver: 'r',
  group: { labels: { alertname: chat.rule, target: TARGET } },
  reason: 'first',
  alerts: [chat],
  truncated: 0,
  consoleUrl: 'https://tocsin.example',
};
const texts = (body: string) => customTexts({ title: 'Own {{ status }}', body }, CONTENT);

const KINDS: readonly ReceiverKind[] = ['webhook', 'slack', 'teams', 'pagerduty', 'jiraServiceManagement', 'servicenow', 'email'];
const sent = (kind: ReceiverKind, content: NotificationContent): string => {
  const receiver: Receiver = { kind, name: 'r', url: 'https://r.test/', secret: '', sendResolved: true, allowPrivate: false };
  return bodyFor(receiver, content, 'msg_1', 0);
};

describe('a template', () => {
  it('is rendered over the members of the webhook', async () => {
    expect(await texts('{% for alert in alerts %}{{ alert.labels.resource }}: {{ alert.response.owner }}{% endfor %}')).toEqual({
      title: 'Own firing',
      body: 'aoai-prod: ai-platform',
      problem: null,
    });
  });

  it.each(KINDS)('gives %s its title and its text, without the list of alerts where it has no other use', async (kind) => {
    const custom = await texts('Call {{ alerts[0].response.owner }} now');
    const body = sent(kind, { ...CONTENT, custom });
    expect(body).toContain('Own firing');
    expect(body).toContain('Call ai-platform now');
  });

  it.each([
    ['has a filter that does not exist', '{{ status | frobnicate }}'],
    ['is not closed', '{% for a in alerts %}'],
    ['never ends', '{% for i in (1..1000000000) %}x{% endfor %}'],
    [
      'needs too much memory',
      '{% assign a = "xxxxxxxxxx" %}{% for i in (1..60) %}{% assign a = a | append: a %}{% endfor %}{{ a }}',
    ],
    ['is too long', `${'x'.repeat(30_000)}`],
  ])('that %s gives the usual text, and every medium says so', async (_, template) => {
    const custom = await texts(template);
    expect(custom).toMatchObject({ title: 'Own firing', body: null, problem: expect.stringMatching(/template of body/) });
    for (const kind of KINDS) {
      const body = sent(kind, { ...CONTENT, custom });
      expect(body).toContain('template of body');
      expect(body).toContain('25% of calls');
    }
  });

  it('reaches no file and no member that is not the alert’s', async () => {
    expect((await texts('{% include "/etc/passwd" %}')).problem).toMatch(/template of body/);
    expect((await texts('{{ constructor.name }}{{ alerts.constructor }}')).body).toBeNull();
  });

  it('makes at most ten thousand characters', async () => {
    expect((await texts('{% for i in (1..20000) %}x{% endfor %}')).body).toHaveLength(10_000);
  });

  it('is checked when the configuration is', () => {
    const yaml = (body: string) =>
      loadConfig(
        'tocsin.yaml',
        `version: 1\nreceivers:\n  - name: a\n    webhook:\n      url: https://a.test\n      body: ${JSON.stringify(body)}\n`,
      );
    expect(yaml('{{ status }}').config?.receivers[0]?.templates).toEqual({ body: '{{ status }}' });
    const { config, diagnostics } = yaml('{% for a in alerts %}');
    expect(config).toBeNull();
    expect(diagnostics).toMatchObject([{ code: 'TCN-C003', line: 6 }]);
    expect(yaml('{{ a | nofilter }}').config).toBeNull();
  });
});
