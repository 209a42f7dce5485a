import { rmSync } from 'node:fs';
import { EventHubProducerClient } from '@azure/event-hubs';
import { QueueServiceClient } from '@azure/storage-queue';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StatusJson } from '../../src/console/status.ts';
import { otlpReceiver, SECRET, webhookReceiver } from '../support/receivers.ts';
import { expectAllElseWell, folderOf, projectFile, REPORTED, type Troubled, troubledWorld } from '../support/troubled-world.ts';

/** Beside the receiver that works: one that answers 500 to everything, and one whose address no notification may go to. */
const CONFIG = (broken: string) => `version: 1
receivers:
  - name: works
    webhook: { url: "\${WEBHOOK_URL}", secret: "\${WEBHOOK_SECRET}" }
  - name: broken
    webhook: { url: "${broken}", secret: "\${WEBHOOK_SECRET}" }
  - name: metadata
    webhook: { url: "http://169.254.169.254/metadata/instance" }
digests:
  - { name: daily, period: daily, at: "08:00", zone: UTC }
sinks:
  - name: collector
    otlp: { url: "\${OTLP_ENDPOINT}" }
`;

/** What somebody might put into a queue that is not theirs. The last is an envelope around work that does not exist. */
const GARBAGE = ['hello', 'aGVsbG8=', '{"v":2,"due":0,"body":{}}', '{"v":1,"due":0,"body":{"kind":"dance"}}'];

const UNDECODABLE = [Buffer.from([0xc3, 0x28, 0x00, 0xfe, 0x80]), Buffer.from('42'), Buffer.from('<html>no diagnostics</html>')];

/** Every receiver is told of the storm, and that two of them fail. */
const STORM_AND_FAILURES = 2;

/** What a person saw at one moment. */
interface Look {
  readonly status: StatusJson;
  readonly home: string;
}

let configDir: string;
let troubled: Troubled;
let works: Awaited<ReturnType<typeof webhookReceiver>>;
let broken: Awaited<ReturnType<typeof webhookReceiver>>;
let otlp: Awaited<ReturnType<typeof otlpReceiver>>;
let afterStorm: Look;
let sinkDown: Look;
let sinkBack: Look;
let atEnd: Look;
let digest: string;

/** All troubles in one run, each in its own part of the installation: what one of them stopped would show at the others. */
beforeAll(async () => {
  works = await webhookReceiver();
  broken = await webhookReceiver(() => 500);
  otlp = await otlpReceiver();
  configDir = folderOf({
    'tocsin.yaml': CONFIG(broken.url),
    'rules/azure-openai.yaml': projectFile('rules/azure-openai.yaml'),
  });
  troubled = await troubledWorld({ configDir, webhook: { url: works.url, secret: SECRET }, otlp: otlp.url });
  const { runTo, page, status } = troubled;
  const look = async (): Promise<Look> => ({ status: await status(), home: (await page('/')).text });

  await runTo(3);
  await litter();
  await runTo(13);
  afterStorm = await look();
  otlp.down();
  await runTo(16);
  sinkDown = await look();
  await otlp.up();
  await runTo(19);
  sinkBack = await look();
  await runTo(REPORTED);
  atEnd = await look();
  digest = (await page(`${atEnd.status.digests?.[0]?.path}?form=text`)).text.replace(/\s+/g, ' ');
});

afterAll(async () => {
  await troubled.close();
  for (const receiver of [works, broken, otlp]) receiver.close();
  rmSync(configDir, { recursive: true });
});

async function litter(): Promise<void> {
  const { storage, eventHub } = troubled.world.connections;
  const queues = QueueServiceClient.fromConnectionString(storage);
  for (const name of ['evaluations', 'notifications']) {
    for (const text of GARBAGE) await queues.getQueueClient(name).sendMessage(text);
  }
  const producer = new EventHubProducerClient(eventHub);
  await producer.sendBatch(UNDECODABLE.map((body) => ({ body })));
  await producer.close();
}

describe('whatever goes wrong around it', () => {
  it('the alert fires, is delivered to the receiver that works, is reported, and every record is forwarded once', async () => {
    await expectAllElseWell(troubled, works.got, otlp.ids, ['broken', 'metadata']);
    expect(works.bad).toEqual([]);
    expect((await troubled.page('/api/health')).code).toBe(200);
    expect(atEnd.status).toMatchObject({ status: 'ok', errors: [] });
  });
});

describe('a webhook that answers 500 for ever', () => {
  it('is tried again with its code and answer in sight, and holds up nobody', () => {
    expect(afterStorm.status.notifications).toMatchObject({ pending: STORM_AND_FAILURES });
    expect(afterStorm.status.notifications?.retried).toBeGreaterThan(3);
    expect(afterStorm.home).toMatch(/Not confirmed 2 ; broken: TCN-N001 HTTP 500/);
    expect(broken.got).toEqual([]);
    expect(troubled.stderr()).toMatch(/notification not delivered: broken TCN-N001 HTTP 500/);
    expect(troubled.stderr()).toMatch(/TCN-N001 receiver answered with a server error: it is tried again for 24 h/);
    expect(digest).toMatch(/broken: not confirmed after \d+ tries: TCN-N001 HTTP 500/);
  });
});

describe('a receiver whose address is not allowed', () => {
  it('is given up at once, with a finding, a line in the alert’s history and a code', async () => {
    expect(afterStorm.status.notifications?.failed).toBe(STORM_AND_FAILURES);
    expect(afterStorm.status.findings?.['delivery failed']).toBe(STORM_AND_FAILURES);
    expect(afterStorm.home).toMatch(
      /metadata was not told: .* was given up \(http:\/\/169\.254\.169\.254 is no address that may be sent to\) TCN-N004/,
    );
    expect(digest).toMatch(/metadata was not told: .*TCN-N004/);
    const alert = atEnd.status.alerts.resolved?.[0];
    expect((await troubled.page(alert?.path ?? '')).text).toMatch(/receiver not reached metadata: TCN-N004/);
    expect(troubled.stderr()).toMatch(/notification not delivered: metadata TCN-N004/);
    expect(troubled.stderr()).toMatch(/TCN-N004 receiver address not allowed: use a public https URL/);
  });
});

describe('messages in both queues that nobody understands', () => {
  it('end as findings that quote them, each once, and both queues and both poison queues are empty of them', async () => {
    expect(afterStorm.status.findings?.['poison message']).toBe(2 * GARBAGE.length);
    expect(afterStorm.home).toMatch(/a message of evaluations was set aside; its work is repeated by nobody: hello TCN-Q001/);
    expect(digest).toMatch(/a message of notifications was set aside; .*"kind":"dance".* TCN-Q001/);
    expect(troubled.stderr()).toMatch(/invocation failed: evaluate TCN-Q001 queue message not understood: not JSON/);
    expect(troubled.stderr()).toMatch(/poison message: notifications TCN-Q001/);
    const queues = QueueServiceClient.fromConnectionString(troubled.world.connections.storage);
    for (const name of ['evaluations', 'notifications', 'evaluations-poison', 'notifications-poison']) {
      const { peekedMessageItems } = await queues.getQueueClient(name).peekMessages({ numberOfMessages: 32 });
      expect(peekedMessageItems, name).toEqual([]);
      if (!name.endsWith('poison')) continue;
      expect((await queues.getQueueClient(name).getProperties()).approximateMessagesCount, name).toBe(0);
    }
  });
});

describe('event bodies that cannot be decoded', () => {
  it('are counted, kept with their reason and shown; the records around them are forwarded', () => {
    expect(afterStorm.status.forwarding?.quarantined).toBe(UNDECODABLE.length);
    expect(afterStorm.status.findings?.quarantine).toBeGreaterThan(0);
    expect(afterStorm.home).toMatch(new RegExp(`In quarantine ${UNDECODABLE.length}`));
    expect(afterStorm.home).toMatch(/Newest in quarantine .*TCN-F001/);
    expect(digest).toMatch(/pieces? of diagnostics in quarantine, the first because: .*TCN-F001/);
    expect(digest).toContain(`${UNDECODABLE.length} in quarantine`);
  });
});

describe('a sink that is down for a while', () => {
  it('has its records wait in sight, and gets them when it is back', () => {
    expect(afterStorm.status.waiting).toEqual({ batches: 0, records: 0 });
    const waiting = sinkDown.status.waiting?.records ?? 0;
    expect(waiting).toBeGreaterThan(0);
    expect(sinkDown.home).toMatch(/Waiting for a sink [\d,]+ records?/);
    expect(sinkDown.home).toMatch(/records wait for collector: .*ECONNREFUSED.* TCN-F002/);
    expect(sinkBack.status.waiting).toEqual({ batches: 0, records: 0 });
    expect(sinkBack.status.forwarding?.parked).toBe(waiting);
    expect(sinkBack.home).toContain('Waiting for a sink none');
    expect(digest).toMatch(/records wait for collector: .*TCN-F002/);
  });
});
