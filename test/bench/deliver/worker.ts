import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { json } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import type { DequeuedMessageItem } from '@azure/storage-queue';
import { combinedFlushes } from '../../../src/app/combined-flushes.ts';
import { type DeliverDeps, deliver } from '../../../src/app/deliver.ts';
import { inParallel } from '../../../src/app/in-parallel.ts';
import { notificationJobOf } from '../../../src/app/jobs.ts';
import { knownCircuits } from '../../../src/app/known-circuits.ts';
import { knownSilences } from '../../../src/app/known-silences.ts';
import { publishTransitions } from '../../../src/app/publish-transitions.ts';
import { createAlertStore } from '../../../src/azure/alert-store.ts';
import { createCircuitStore } from '../../../src/azure/circuit-store.ts';
import { createFindingStore } from '../../../src/azure/finding-store.ts';
import { createGroupStore } from '../../../src/azure/group-store.ts';
import { createNotificationLog } from '../../../src/azure/notification-log.ts';
import { createJobQueue, parseEnvelope } from '../../../src/azure/queue.ts';
import { createSentArchive } from '../../../src/azure/sent-archive.ts';
import { createSilenceStore } from '../../../src/azure/silence-store.ts';
import type { Storage } from '../../../src/azure/storage.ts';
import type { Alert, Transition } from '../../../src/model/alert.ts';
import { MINUTE, SECOND } from '../../../src/model/duration.ts';
import { fingerprint } from '../../../src/model/fingerprint.ts';
import type { NotificationJob } from '../../../src/model/messages.ts';
import { createHttpSender } from '../../../src/net/http.ts';
import type { Log } from '../../../src/ports.ts';
import { alertOf } from '../../alerts/make.ts';
import { rootRoute } from '../../support/route.ts';
import { storageOf } from '../../support/storage.ts';

/*
 * The worker of `bench -- deliver`. Messages are taken as host.json has it: 16 at a time, more when no more than 8 are being handled.
 */

const {
  alerts: ALERTS,
  receiver: RECEIVER,
  accounts,
} = (await json(process.stdin)) as {
  readonly alerts: number;
  /** The script of the receiver. */
  readonly receiver: string;
  readonly accounts: readonly [warmUp: string, many: string, one: string];
};

/** Delivered before anything counts, as by a worker that is not new; what a new one costs is `cold-start`'s to say. */
const WARM_UP = 2_000;
const GROUPS = 100;
const GROUP_WAIT = 1_000;
const TAKEN = 16;
const THRESHOLD = 8;

interface Story {
  readonly webhooks: readonly { readonly at: number; readonly alerts: number }[];
  /** Milliseconds from the first transitions to the last webhook, `groupWait` apart. */
  readonly ms: number;
  readonly cpuMicros: number;
  readonly rssMiB: number;
  readonly storageCalls: number;
  readonly storageMs: number;
}

const SILENT: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** What one evaluation hands on: each shard of a rule its own. */
function transitionsOf(shard: number, now: number, count: number): readonly Transition[] {
  return Array.from({ length: Math.ceil((count - shard) / GROUPS) }, (_, nth) => {
    const alert = alertAt(nth * GROUPS + shard, now);
    return { id: `${alert.fingerprint}:fired`, kind: 'fired', at: alert.startsAt, alert };
  });
}

function alertAt(index: number, now: number): Alert {
  const name = `Target${index % GROUPS}`;
  const target = `/subscriptions/s1/resourcegroups/rg/providers/microsoft.cognitiveservices/accounts/${name.toLowerCase()}`;
  const deployment = `deployment-${Math.floor(index / GROUPS)}`;
  const labels = { ModelDeploymentName: deployment };
  return alertOf(deployment, { target, fingerprint: fingerprint('AzureOpenAIThrottled', target, labels), startsAt: now });
}

async function receiver() {
  const child = spawn(process.execPath, [RECEIVER], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const { value: port } = await lines.next();
  const webhooks: { at: number; alerts: number }[] = [];
  const reading = (async () => {
    for (let line = await lines.next(); line.done !== true; line = await lines.next()) {
      const [at = 0, count = 0] = line.value.split(' ').map(Number);
      webhooks.push({ at, alerts: count });
    }
  })();
  const close = async (): Promise<void> => {
    child.stdin.end();
    await reading;
  };
  return { url: `http://127.0.0.1:${port}/`, webhooks, close };
}

/** Counts what goes to storage, and for how long something was on its way. */
function counting(storage: Storage): { storage: Storage; calls: () => number; ms: () => number } {
  let [calls, under, since, ms] = [0, 0, 0, 0];
  const counted = <Client extends object>(client: Client): Client =>
    new Proxy(client, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]) => {
          const result: unknown = Reflect.apply(member, target, args);
          if (!(result instanceof Promise)) {
            if (/^get.*Client$/.test(String(name))) return counted(result as object);
            if (/^list/.test(String(name))) calls += 1;
            return result;
          }
          calls += 1;
          if (under++ === 0) since = performance.now();
          return result.finally(() => {
            if (--under === 0) ms += performance.now() - since;
          });
        };
      },
    });
  return {
    storage: {
      container: async (name) => counted(await storage.container(name)),
      queue: async (name) => counted(await storage.queue(name)),
      table: async (name) => counted(await storage.table(name)),
    },
    calls: () => calls,
    ms: () => ms,
  };
}

async function run(connectionString: string, perGroup: 'many' | 'one', count = ALERTS): Promise<Story> {
  const counted = counting(storageOf({ connectionString }));
  const { storage } = counted;
  const clock = { now: () => Date.now(), wall: () => Date.now() };
  const taker = await receiver();
  const plain = createJobQueue<NotificationJob>({ storage, queue: 'notifications', clock, delays: 'visibility' });
  const queue = combinedFlushes(plain, clock, SECOND);
  const http = createHttpSender();
  const deps: DeliverDeps = {
    config: {
      receivers: [
        {
          kind: 'webhook',
          name: 'bench',
          url: taker.url,
          secret: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
          sendResolved: true,
          allowPrivate: true,
        },
      ],
      route: rootRoute({
        receivers: ['bench'],
        groupBy: perGroup === 'one' ? 'all' : ['alertname', 'target'],
        groupWait: GROUP_WAIT,
      }),
      inhibit: [],
      silences: [],
      timeIntervals: [],
      digests: [],
      sinks: [],
      prices: { currency: 'USD', prices: [] },
    },
    alerts: createAlertStore(storage, SILENT),
    groups: createGroupStore(storage, SILENT),
    silences: knownSilences(createSilenceStore(storage, SILENT), clock),
    circuits: knownCircuits(createCircuitStore(storage, SILENT), clock),
    notificationLog: createNotificationLog(storage, SILENT),
    archive: createSentArchive(storage),
    findings: createFindingStore(storage, SILENT),
    queue,
    http,
    mail: { send: async () => {} },
    links: { consoleUrl: 'https://tocsin.test' },
    clock,
    logger: SILENT,
  };
  const client = await storage.queue('notifications');
  await client.createIfNotExists();

  let [peak, ended] = [0, false];
  const told = () => taker.webhooks.reduce((sum, { alerts: count }) => sum + count, 0);
  const working = new Set<Promise<unknown>>();
  const handle = async (message: DequeuedMessageItem): Promise<void> => {
    await deliver(notificationJobOf(await parseEnvelope(message.messageText, storage)), deps);
    await client.deleteMessage(message.messageId, message.popReceipt);
  };
  const consume = async (): Promise<void> => {
    while (!ended) {
      if (working.size > THRESHOLD) {
        await Promise.race(working);
        continue;
      }
      const { receivedMessageItems: taken } = await client.receiveMessages({ numberOfMessages: TAKEN, visibilityTimeout: 600 });
      for (const message of taken) {
        const work = handle(message)
          .catch((error: unknown) => process.stderr.write(`${String(error)}\n`))
          .finally(() => working.delete(work));
        working.add(work);
      }
      peak = Math.max(peak, process.memoryUsage.rss());
      if (taken.length === 0) await pause(20);
    }
  };

  const now = Date.now();
  let making = 0;
  const began = performance.timeOrigin + performance.now();
  const [cpu, calls, waited] = [process.cpuUsage(), counted.calls(), counted.ms()];
  const consuming = consume();
  await inParallel([...Array(GROUPS).keys()], TAKEN, (shard) => {
    const before = process.cpuUsage();
    const transitions = transitionsOf(shard, now, count);
    const spent = process.cpuUsage(before);
    making += spent.user + spent.system;
    return publishTransitions(transitions, queue);
  });
  const deadline = Date.now() + 10 * MINUTE;
  while (told() < count && Date.now() < deadline) await pause(5);
  const used = process.cpuUsage(cpu);
  const story = { storageCalls: counted.calls() - calls, storageMs: counted.ms() - waited };
  ended = true;
  await Promise.all([consuming, ...working]);
  http.close();
  await taker.close();
  if (told() !== count) throw new Error(`${told()} of ${count} alerts were told`);
  const last = Math.max(...taker.webhooks.map(({ at }) => at));
  return {
    ...story,
    webhooks: taker.webhooks,
    ms: last - began - GROUP_WAIT,
    cpuMicros: used.user + used.system - making,
    rssMiB: Math.round(peak / 2 ** 20),
  };
}

await run(accounts[0], 'many', WARM_UP);
const many = await run(accounts[1], 'many');
const one = await run(accounts[2], 'one');
console.log(
  JSON.stringify({
    alertsPerSecond: Math.round((ALERTS / many.ms) * 1_000),
    cpuMicrosPerAlert: Math.round(many.cpuMicros / ALERTS),
    webhooksPerSecond: Math.round((one.webhooks.length / one.ms) * 1_000),
    rssMiB: Math.max(many.rssMiB, one.rssMiB),
    groups: many.webhooks.length,
    storageCallsPerGroup: Number((many.storageCalls / GROUPS).toFixed(1)),
    storageCallsPerWebhook: Number((one.storageCalls / one.webhooks.length).toFixed(2)),
    storageSeconds: Number((many.storageMs / 1_000).toFixed(2)),
    seconds: Number((many.ms / 1_000).toFixed(2)),
    cpuMicrosPerWebhook: Math.round(one.cpuMicros / one.webhooks.length),
  }),
);
