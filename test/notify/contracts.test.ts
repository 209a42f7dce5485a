import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { bodyFor, requestFor } from '../../src/notify/receivers.ts';
import type { NotificationContent } from '../../src/notify/webhook-body.ts';
import { hasShared, SHARED } from '../support/shared.ts';
import { ABSENT, BARE, ESCALATED, FIRING, HUGE, NOW, OVER, OWN, RECEIVERS, WIDE } from './contents.ts';
import { alertmanager, anyCloudEvent, cloudEvents, eventGrid } from './schemas/events.ts';
import type { Contract, Schema } from './schemas/parts.ts';
import { azureCommonSchema, communicationServices, jiraClose, jiraCreate, pagerDuty, serviceNow } from './schemas/services.ts';
import { slack } from './schemas/slack.ts';
import { teams } from './schemas/teams.ts';

/* What goes over the wire, held against what each service says that it takes. */

const CONTENTS: Readonly<Record<string, NotificationContent>> = {
  'that fires': FIRING,
  'that is escalated': ESCALATED,
  'that is over': OVER,
  'of Tocsin itself': OWN,
  'without a value': ABSENT,
  'larger than any medium': HUGE,
  'of wide characters': WIDE,
  'without any text': BARE,
  'from templates of wide characters': {
    ...FIRING,
    custom: { title: '🔥'.repeat(500), body: '🔥'.repeat(10_000), problem: null },
  },
  'from templates': {
    ...FIRING,
    custom: { title: 'T'.repeat(500), body: '**b** <&>\n'.repeat(1_000), problem: 'the template of title failed' },
  },
};

const CONTRACTS: Readonly<Record<string, (content: NotificationContent) => Contract>> = {
  webhook: () => alertmanager,
  'webhook azure-common-schema': () => azureCommonSchema,
  'webhook cloudevents': () => cloudEvents,
  slack: () => slack,
  teams: () => teams,
  pagerduty: () => pagerDuty,
  jiraServiceManagement: (content) => (content === OVER ? jiraClose : jiraCreate),
  servicenow: () => serviceNow,
  communicationServices: () => communicationServices,
  eventGrid: () => eventGrid,
  eventHub: () => alertmanager,
};

const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });

function faults(schema: Schema, body: unknown): readonly string[] {
  const validate = ajv.compile(schema);
  return validate(body) ? [] : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

describe.each(Object.entries(CONTRACTS))('the body for %s keeps to what the service takes', (name, contractFor) => {
  it.each(Object.entries(CONTENTS))('of a notification %s', (_, content) => {
    const receiver = RECEIVERS[name];
    if (receiver === undefined) throw new Error(`no receiver ${name}`);
    const { schema, mostBytes } = contractFor(content);
    const { body } = requestFor(receiver, { id: 'msg_1', at: NOW, body: bodyFor(receiver, content, 'msg_1', NOW) });
    expect(faults(schema, JSON.parse(String(body)))).toEqual([]);
    expect(Buffer.byteLength(String(body))).toBeLessThanOrEqual(mostBytes);
  });
});

describe('every kind of receiver', () => {
  it('is held against a contract; e-mail over SMTP has none but that of its protocol', () => {
    expect(Object.keys(RECEIVERS).filter((name) => !(name in CONTRACTS))).toEqual(['email']);
  });
});

describe.skipIf(!hasShared)('official samples (skipped without ../shared)', () => {
  const sample = (file: string): unknown => JSON.parse(readFileSync(join(SHARED, 'alerting/payloads', file), 'utf8'));

  it.each([
    ['slack/incoming-webhook-blocks.json', slack.schema],
    ['teams/adaptive-card-message.json', teams.schema],
    ['pagerduty/events-v2-trigger.json', pagerDuty.schema],
    ['cloudevents/structured-json.json', anyCloudEvent],
    ['alertmanager/webhook-v4-firing.json', alertmanager.schema],
    ['alertmanager/webhook-v4-resolved.json', alertmanager.schema],
    ['azure/metric-static-fired.json', azureCommonSchema.schema],
    ['azure/metric-static-resolved.json', azureCommonSchema.schema],
  ])('%s is taken by the schema that ours is held against', (file, schema) => {
    expect(faults(schema, sample(file))).toEqual([]);
  });
});
