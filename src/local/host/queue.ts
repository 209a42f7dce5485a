import { setTimeout } from 'node:timers/promises';
import type { DequeuedMessageItem, QueueClient } from '@azure/storage-queue';
import type { Log } from '../../ports.ts';
import { HOLD_SECONDS } from '../azurite/leases.ts';
import type { IdleSource, LocalClock } from '../clock/clock.ts';
import type { Binding, RegisteredFunction } from './core-api.ts';
import type { QueueOptions } from './host-json.ts';
import type { Invoker } from './invoker.ts';
import type { Listener } from './listener.ts';
import { decodeMessage, dueOf, queueInput } from './queue-message.ts';

/** Seconds for which a message that is being handled is hidden; renewed at half of it. */
const LEASE_SECONDS = 600;
/** Ms after which the lease of a message that is held for days is renewed. */
const RENEW_HOLD = 24 * 3600 * 1000;
const FIRST_PAUSE = 100;

export interface QueueListenerOptions {
  readonly fn: RegisteredFunction;
  /** With its settings resolved. */
  readonly binding: Binding;
  readonly queue: QueueClient;
  /** Where messages go that failed too often; `null` for a queue that is itself such a place. */
  readonly poison: QueueClient | null;
  readonly settings: QueueOptions;
  /** Delays are kept by the clock and not by the queue: messages carry when they are due. */
  readonly envelopes: boolean;
  readonly invoker: Invoker;
  readonly clock: LocalClock;
  readonly log: Log;
}

interface Failed {
  readonly message: DequeuedMessageItem;
  readonly pause: number;
}

/**
 * Hands messages of a storage queue to a function: `batchSize` at a time, more once no more than `newBatchThreshold` are being handled.
 * A failed message comes back after host.json's `visibilityTimeout` (by default at once) until it has failed `maxDequeueCount` times;
 * then it moves to the poison queue. One that fails in a poison queue stays hidden for ten minutes and is tried again, for ever.
 *
 * With envelopes, a message that is not due is hidden and held until the clock says so, and the pause after a failure runs on the
 * clock as well. In virtual time there is no polling by the wall: the clock asks, and moves only when nothing is there.
 */
export class QueueListener implements Listener, IdleSource {
  readonly #options: QueueListenerOptions;
  readonly #stopping = new AbortController();
  readonly #working = new Set<Promise<void>>();
  /** Messages that this listener keeps hidden until a time. */
  #waiting = 0;
  /** Whether every message that is hidden is known to be hidden by this listener. */
  #accounted = false;
  /** Whether the last batch was a full one, so that there may be another. */
  #more = false;
  #polling: Promise<number> = Promise.resolve(0);
  #loop: Promise<void> = Promise.resolve();
  #unwatch = () => {};

  constructor(options: QueueListenerOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { queue, poison, clock } = this.#options;
    // In Azure the templates create the queues.
    await queue.createIfNotExists();
    await poison?.createIfNotExists();
    this.#unwatch = clock.watch(this);
    if (!clock.virtual) this.#loop = this.#poll();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#unwatch();
    await this.#loop;
    await this.#polling.catch(() => undefined);
    while (this.#working.size > 0) await Promise.all(this.#working);
  }

  async idle(): Promise<boolean> {
    if (this.#working.size > this.#waiting) return false;
    if ((await this.#take()) > 0) return false;
    return this.#accounted || this.#account();
  }

  /** At the beginning, messages may be hidden that an earlier host had leased: time must wait until they come up. */
  async #account(): Promise<boolean> {
    const { queue, clock, envelopes, log } = this.#options;
    if (clock.virtual && envelopes) {
      const { approximateMessagesCount = 0 } = await queue.getProperties();
      if (approximateMessagesCount > this.#waiting) {
        log.debug({ queue: queue.name, messages: approximateMessagesCount - this.#waiting }, 'waiting for leased messages');
        return false;
      }
    }
    this.#accounted = true;
    return true;
  }

  /** Asks again at once after a message, and ever more rarely up to `maxPollingInterval` after none, as the real listener does. */
  async #poll(): Promise<void> {
    const { settings, log, queue } = this.#options;
    const { signal } = this.#stopping;
    let pause = 0;
    while (!signal.aborted) {
      try {
        const taken = await this.#take();
        pause = taken > 0 ? 0 : Math.min(settings.maxPollingInterval, Math.max(FIRST_PAUSE, pause * 2));
      } catch (err) {
        log.warn({ queue: queue.name, err }, 'queue cannot be read');
        pause = settings.maxPollingInterval;
      }
      if (this.#hasRoom()) await setTimeout(pause, undefined, { signal }).catch(() => undefined);
      else await Promise.race(this.#working);
    }
  }

  #hasRoom(): boolean {
    return this.#working.size - this.#waiting <= this.#options.settings.newBatchThreshold;
  }

  /** Receives once, after any receiving that is under way, and starts on what came. Resolves to how many came. */
  #take(): Promise<number> {
    const receive = async () => {
      if (this.#stopping.signal.aborted || !this.#hasRoom()) return 0;
      const { receivedMessageItems } = await this.#options.queue.receiveMessages({
        numberOfMessages: this.#options.settings.batchSize,
        visibilityTimeout: LEASE_SECONDS,
      });
      this.#more = receivedMessageItems.length === this.#options.settings.batchSize;
      for (const message of receivedMessageItems) this.#begin(message);
      return receivedMessageItems.length;
    };
    this.#polling = this.#polling.then(receive, receive);
    return this.#polling;
  }

  #begin(message: DequeuedMessageItem): void {
    const work = this.#process(message)
      .catch((err: unknown) => {
        if (this.#stopping.signal.aborted) return;
        this.#options.log.warn({ queue: this.#options.queue.name, message: message.messageId, err }, 'message let go');
      })
      .finally(() => {
        this.#working.delete(work);
        if (this.#more) void this.#take().catch(() => undefined);
      });
    this.#working.add(work);
  }

  async #process(message: DequeuedMessageItem): Promise<void> {
    const { settings, clock, envelopes } = this.#options;
    const body = decodeMessage(message.messageText, settings.messageEncoding);
    const due = envelopes && body !== null ? dueOf(body) : null;
    const ready = due !== null && due > clock.now() ? await this.#hold(message, due) : message;
    const failed = await clock.busy(() => this.#handle(ready, body));
    if (failed !== null) await this.#release(failed.message, failed.pause);
  }

  /** Hides a message until it is due. Its lease tells a later run that this receive was no attempt. */
  async #hold(message: DequeuedMessageItem, due: number): Promise<DequeuedMessageItem> {
    const { clock } = this.#options;
    const hidden = await clock.busy(() => this.#hide(message, HOLD_SECONDS));
    const held = this.#keepHidden(hidden, HOLD_SECONDS, RENEW_HOLD);
    let isDue = false;
    try {
      await this.#wait(due);
      isDue = true;
    } finally {
      if (!isDue) await this.#hide(await held.end(), 0);
    }
    return clock.busy(async () => this.#hide(await held.end(), LEASE_SECONDS));
  }

  /** Resolves to the message and the pause in ms after which it is to come back, or to `null` if it is done with. */
  async #handle(message: DequeuedMessageItem, body: Buffer | null): Promise<Failed | null> {
    const { fn, binding, settings, invoker, poison } = this.#options;
    if (body === null || message.dequeueCount > settings.maxDequeueCount) {
      return poison === null ? { message, pause: LEASE_SECONDS * 1000 } : this.#poison(message, poison);
    }
    const lease = this.#keepHidden(message, LEASE_SECONDS, LEASE_SECONDS * 500);
    const outcome = await invoker.invoke(fn, queueInput(message, body, binding.dataType === 'binary'));
    const leased = await lease.end();
    if (outcome.ok) {
      await this.#options.queue.deleteMessage(leased.messageId, leased.popReceipt);
      return null;
    }
    if (poison === null) return { message: leased, pause: LEASE_SECONDS * 1000 };
    if (message.dequeueCount >= settings.maxDequeueCount) return this.#poison(leased, poison);
    return { message: leased, pause: settings.visibilityTimeout };
  }

  async #poison(message: DequeuedMessageItem, poison: QueueClient): Promise<null> {
    const { log, queue } = this.#options;
    await poison.sendMessage(message.messageText, { messageTimeToLive: -1 });
    await queue.deleteMessage(message.messageId, message.popReceipt);
    log.warn({ queue: queue.name, message: message.messageId, poison: poison.name }, 'message moved to the poison queue');
    return null;
  }

  /** Gives a failed message back after a pause. */
  async #release(message: DequeuedMessageItem, pause: number): Promise<void> {
    const { clock, envelopes } = this.#options;
    if (!envelopes || pause === 0) {
      await clock.busy(() => this.#hide(message, Math.round(pause / 1000)));
      return;
    }
    await this.#wait(clock.now() + pause).catch(() => undefined);
    await clock.busy(() => this.#hide(message, 0));
  }

  async #wait(until: number): Promise<void> {
    this.#waiting += 1;
    try {
      await this.#options.clock.sleepUntil(until, this.#stopping.signal);
    } finally {
      this.#waiting -= 1;
    }
  }

  /** Renews the lease of a message every so many ms; `end` resolves to the message with its last receipt. */
  #keepHidden(message: DequeuedMessageItem, seconds: number, every: number): { end(): Promise<DequeuedMessageItem> } {
    let current = Promise.resolve(message);
    const renew = async (leased: DequeuedMessageItem) => {
      try {
        return await this.#hide(leased, seconds);
      } catch (err) {
        this.#options.log.warn({ queue: this.#options.queue.name, message: message.messageId, err }, 'lease not renewed');
        return leased;
      }
    };
    const timer = setInterval(() => {
      current = current.then(renew);
    }, every);
    return {
      end() {
        clearInterval(timer);
        return current;
      },
    };
  }

  async #hide(message: DequeuedMessageItem, seconds: number): Promise<DequeuedMessageItem> {
    const { queue } = this.#options;
    const { popReceipt } = await queue.updateMessage(message.messageId, message.popReceipt, undefined, seconds);
    return popReceipt === undefined ? message : { ...message, popReceipt };
  }
}
