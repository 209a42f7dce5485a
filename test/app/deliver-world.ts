import { sharedTurns } from '../../src/app/deliver/turns.ts';
import { type DeliverDeps, deliver, flushAll, sweepNotifications } from '../../src/app/deliver.ts';
import { poisoned } from '../../src/app/poison.ts';
import type { Alert, Transition } from '../../src/model/alert.ts';
import type { Config, Receiver } from '../../src/model/config.ts';
import type { NotificationJob } from '../../src/model/messages.ts';
import type { WebhookBody } from '../../src/notify/webhook-body.ts';
import type { HttpAnswer, HttpRequest, HttpSender } from '../../src/ports.ts';
import { resolved } from '../alerts/make.ts';
import {
  FakeClock,
  MemoryAlertStore,
  MemoryCircuitStore,
  MemoryFindingStore,
  MemoryGroupStore,
  MemoryLog,
  MemoryNotificationLog,
  MemoryQueue,
  MemorySentArchive,
  MemorySilenceStore,
  MemoryTurnStore,
} from '../support/memory/index.ts';
import { rootRoute } from '../support/route.ts';
import { type Fate, Life } from './mortal.ts';

export const SECOND = 1_000;
export const MINUTE = 60_000;
export const HOUR = 3_600_000;
export const START = Date.parse('2026-11-21T08:00:00Z');
export const DAY_BEFORE = START - 24 * HOUR;

/** One POST as a receiver saw it. */
export interface Post {
  readonly receiver: string;
  readonly id: string;
  readonly at: number;
  readonly text: string;
  readonly body: WebhookBody;
  readonly answer: number | 'no answer';
}

export type Answering = (post: {
  readonly receiver: string;
  readonly id: string;
  readonly nth: number;
  readonly at: number;
}) => HttpAnswer | Error;

/** Jobs as the host has them in its hands. */
interface Message {
  readonly job: NotificationJob;
  readonly failures: number;
}

export const ok: HttpAnswer = { status: 204, headers: {}, body: '' };
export const status = (code: number, retryAfter?: number): HttpAnswer => ({
  status: code,
  headers: {},
  body: '',
  ...(retryAfter === undefined ? {} : { retryAfter }),
});

const MAX_DEQUEUE = 5;
const VISIBILITY = 30 * SECOND;

/**
 * The notifications half of the app in virtual time, with a host as bad as the platform's promises allow: it may run messages twice, at the
 * same time and in any order, and die between any two calls.
 */
export class World {
  readonly clock = new FakeClock(START);
  readonly alerts = new MemoryAlertStore();
  readonly groups = new MemoryGroupStore();
  readonly silences = new MemorySilenceStore();
  readonly notificationLog = new MemoryNotificationLog();
  readonly archive = new MemorySentArchive();
  readonly circuits = new MemoryCircuitStore();
  readonly lines = new MemoryTurnStore();
  readonly findings = new MemoryFindingStore();
  readonly queue = new MemoryQueue<Message>(this.clock);
  readonly logger = new MemoryLog();
  readonly posts: Post[] = [];
  readonly config: Config;
  answer: Answering = () => ok;
  /** Whether receivers that fail for one delivery are left alone by the others. */
  keepsCircuits = false;
  /** Asked before every call to the outside. */
  fate: () => Fate = () => 'survives';
  /** How often the host runs a message that it takes from the queue. */
  copies: () => number = () => 1;
  /** How long a call to the outside is on its way, in turns of the event loop. */
  turns: () => number = () => 0;

  constructor(receivers: readonly Partial<Receiver>[] = [{}], timing: Partial<Config['route']> = {}, more: Partial<Config> = {}) {
    const full = receivers.map((receiver, index): Receiver => {
      const name = receiver.name ?? `receiver-${index + 1}`;
      return {
        kind: 'webhook',
        name,
        url: `https://${name}.test/`,
        secret: '',
        sendResolved: true,
        allowPrivate: false,
        ...receiver,
      };
    });
    this.config = {
      receivers: full,
      route: rootRoute({ receivers: full.map((receiver) => receiver.name), ...timing }),
      inhibit: [],
      timeIntervals: [],
      silences: [],
      ...more,
      digests: [],
      sinks: [],
      prices: { currency: 'USD', prices: [] },
    };
  }

  /** What a handler is given for one run. */
  deps(): DeliverDeps {
    const life = new Life(this.fate, this.turns);
    return {
      config: this.config,
      links: { consoleUrl: 'https://tocsin.test' },
      clock: this.clock,
      logger: this.logger,
      alerts: life.mortal(this.alerts),
      groups: life.mortal(this.groups),
      silences: life.mortal(this.silences),
      notificationLog: life.mortal(this.notificationLog),
      ...(this.keepsCircuits ? { circuits: life.mortal(this.circuits) } : {}),
      turns: sharedTurns(life.mortal(this.lines)),
      archive: life.mortal(this.archive),
      findings: life.mortal(this.findings),
      queue: life.mortal({ send: (job: NotificationJob, delay?: number) => this.queue.send({ job, failures: 0 }, delay) }),
      http: life.mortal(this.#http()),
      mail: { send: async () => {} },
    };
  }

  push(...transitions: readonly Transition[]): Promise<void> {
    return this.pushAt(this.clock.now(), transitions);
  }

  /** A message that is handled together with whatever else is due then. */
  pushAt(at: number, transitions: readonly Transition[]): Promise<void> {
    return this.queue.send({ job: { kind: 'transitions', transitions }, failures: 0 }, at - this.clock.now());
  }

  fire(alert: Alert): Promise<void> {
    return this.push(transition('fired', alert, this.clock.now()));
  }

  resolve(alert: Alert): Promise<void> {
    const now = this.clock.now();
    return this.push(transition('resolved', resolved(alert, now), now));
  }

  /** Handles everything that is due until `span` ms have passed, with the sweep of the tick timer every minute. */
  async run(span: number): Promise<void> {
    const end = this.clock.now() + span;
    for (;;) {
      await this.#drain();
      const now = this.clock.now();
      const nextSweep = (Math.floor(now / MINUTE) + 1) * MINUTE;
      const next = Math.min(nextSweep, this.queue.nextDue() ?? end, end);
      if (now >= end) return;
      this.clock.set(Math.max(next, now));
      if (next === nextSweep) await this.#survive(() => sweepNotifications(this.deps()));
    }
  }

  /** What the first tick with a new configuration does. */
  async reconfigure(): Promise<void> {
    await flushAll(this.deps());
  }

  /** Bodies of the posts that were answered, by receiver. */
  told(receiver: string): readonly WebhookBody[] {
    return this.posts.filter((post) => post.receiver === receiver && post.answer === 204).map((post) => post.body);
  }

  async #drain(): Promise<void> {
    for (;;) {
      const due = this.queue.due(this.clock.now());
      if (due.length === 0) return;
      await Promise.all(due.map((message) => this.#handle(message)));
    }
  }

  /** A message that one of its runs did not finish appears once more; after five such failures it is set aside. */
  async #handle(message: Message): Promise<void> {
    const runs = Array.from({ length: this.copies() }, () => deliver(message.job, this.deps()));
    const results = await Promise.allSettled(runs);
    if (results.every((result) => result.status === 'fulfilled')) return;
    const failures = message.failures + 1;
    if (failures < MAX_DEQUEUE) await this.queue.send({ ...message, failures }, VISIBILITY);
    else await this.#poison(message.job);
  }

  /** The poison function is a queue function too: it is run until it succeeds. */
  async #poison(job: NotificationJob): Promise<void> {
    const notifications = {
      send: (again: NotificationJob, delay?: number) => this.queue.send({ job: again, failures: 0 }, delay),
    };
    const parse = async (message: unknown): Promise<unknown> => message;
    await poisoned('notifications', job, {
      findings: this.findings,
      notifications,
      clock: this.clock,
      logger: this.logger,
      parse,
    });
  }

  async #survive(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch {
      // The timer comes again in a minute.
    }
  }

  #http(): HttpSender {
    return {
      send: async (request: HttpRequest): Promise<HttpAnswer> => {
        await new Promise((resolve) => setImmediate(resolve));
        const receiver = this.config.receivers.find((each) => each.url === request.url)?.name ?? '';
        const id = request.sign?.id ?? '';
        const at = this.clock.now();
        const nth = this.posts.filter((post) => post.receiver === receiver).length + 1;
        const answer = this.answer({ receiver, id, nth, at });
        const text = String(request.body);
        const said = answer instanceof Error ? 'no answer' : answer.status;
        this.posts.push({ receiver, id, at, text, body: JSON.parse(text) as WebhookBody, answer: said });
        if (answer instanceof Error) throw answer;
        return answer;
      },
    };
  }
}

export function transition(kind: Transition['kind'], alert: Alert, at: number): Transition {
  return { id: `${alert.fingerprint}@${alert.startsAt}:${kind}:${at}`, kind, at, alert };
}
