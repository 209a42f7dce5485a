import type { AccessSettings } from '../../src/app/access.ts';
import type { AlertmanagerDeps } from '../../src/app/alertmanager.ts';
import { answerAlertmanager } from '../../src/app/alertmanager.ts';
import { endPushes } from '../../src/app/push-alerts.ts';
import { createRate } from '../../src/app/rate.ts';
import type { NotificationJob } from '../../src/model/messages.ts';
import type { Silence } from '../../src/model/silence.ts';
import { MemoryAuditLog, MemoryPushStore } from '../support/memory/index.ts';
import { START, World } from './deliver-world.ts';

export const SECRET = 'a-secret-of-twenty-characters';

export const ENTRA: AccessSettings = {
  consoleAccess: 'entra',
  authenticationEnabled: true,
  consoleUrl: 'https://tocsin.test',
  apiKeys: [
    { name: 'prometheus', role: 'responder', secret: SECRET },
    { name: 'wallboard', role: 'reader', secret: `${SECRET}-reader` },
  ],
  roles: { admin: ['Tocsin.Admin'], responder: ['Tocsin.Responder'], reader: [] },
};

/** Alertmanager's API over the notifications half of the app in virtual time. */
export class ApiWorld {
  readonly audit = new MemoryAuditLog();
  readonly pushes = new MemoryPushStore();
  readonly world: World;
  readonly deps: AlertmanagerDeps;

  constructor(world = new World([{ name: 'on-call' }]), access: AccessSettings = ENTRA, declared: readonly Silence[] = []) {
    this.world = world;
    this.deps = {
      alerts: world.alerts,
      silences: world.silences,
      declared,
      config: world.config,
      pushes: this.pushes,
      notifications: { send: (job: NotificationJob, delay?: number) => world.queue.send({ job, failures: 0 }, delay) },
      audit: this.audit,
      access,
      rate: createRate({ perMinute: 600, burst: 100 }, { perMinute: 600, burst: 100 }),
      clock: world.clock,
      builtAt: '2026-11-20T00:00:00Z',
      startedAt: START,
    };
  }

  async ask(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = { 'x-functions-key': SECRET },
  ) {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const reply = await answerAlertmanager(
      path.replace(/\?.*/, ''),
      {
        method,
        url: new URL(`https://tocsin.test/api/v2/${path}`),
        headers: new Headers({ ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers }),
        body: body === undefined ? null : bytes(text),
      },
      this.deps,
    );
    return { ...reply, json: reply.body === '' ? null : JSON.parse(reply.body) };
  }

  /** Lets time pass; what was pushed and not pushed again ends at the tick of each minute. */
  async run(span: number): Promise<void> {
    for (let left = span; left > 0; left -= 60_000) {
      await this.world.run(Math.min(left, 60_000));
      await endPushes(this.deps);
    }
    await this.world.run(0);
  }
}

async function* bytes(text: string): AsyncIterable<Uint8Array> {
  for (let at = 0; at < text.length; at += 65_536) yield Buffer.from(text.slice(at, at + 65_536));
}
