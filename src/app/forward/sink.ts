import { setTimeout } from 'node:timers/promises';
import type { Later, Verdict } from '../../forward/sinks/verdict.ts';
import type { Sink } from '../../model/sink.ts';
import type { Clock } from '../../ports.ts';
import type { Circuits } from './circuits.ts';
import { type TransportDeps, tryOnce } from './transport.ts';

export interface SinkDeps extends TransportDeps {
  readonly clock: Clock;
  /** Epoch ms by `clock.now()` at which this invocation must be over. */
  readonly deadline: number;
  /** Waits between tries. Absent: real time. */
  readonly sleep?: (ms: number) => Promise<void>;
  /** Absent: a sink is asked in every invocation. */
  readonly circuits?: Circuits;
}

const TRIES = 3;
const FIRST_WAIT = 200;
const LONGEST_REQUEST = 10_000;
const SHORTEST_REQUEST = 1_000;

/** One sink during one invocation. It counts its requests, and once it has failed it is not asked again: what follows waits as well. */
export class SinkSession {
  readonly sink: Sink;
  requests = 0;
  failures = 0;
  /** Milliseconds that requests took, by the wall. */
  readonly latencies: number[] = [];
  private readonly deps: SinkDeps;
  private down: Later | null;
  private readonly waiting: (() => void)[] = [];
  private free: number;

  constructor(sink: Sink, deps: SinkDeps) {
    this.sink = sink;
    this.deps = deps;
    this.free = Math.max(1, sink.concurrency ?? 1);
    this.down = deps.circuits?.resting(sink.name, deps.clock.now()) ?? null;
  }

  get failure(): Later | null {
    return this.down;
  }

  /** Milliseconds of this invocation. */
  private get left(): number {
    return this.deps.deadline - this.deps.clock.now();
  }

  private get tries(): number {
    return this.sink.tries ?? TRIES;
  }

  /** Resolves when one more request may be under way; `release` must follow. */
  async acquire(): Promise<void> {
    if (this.free > 0) this.free--;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  release(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.free++;
    else next();
  }

  /** Sends a compressed request, trying again as the sink asks and the deadline allows. */
  async send(path: string, packed: Uint8Array): Promise<Verdict> {
    for (let attempt = 1; ; attempt++) {
      if (this.down !== null) return this.down;
      if (this.left < SHORTEST_REQUEST) {
        this.down = { kind: 'later', code: 'TCN-F002', detail: 'no time left in this invocation' };
        return this.down;
      }
      const { verdict, wait } = await this.try(path, packed);
      if (verdict.kind !== 'later') {
        this.deps.circuits?.succeeded(this.sink.name);
        return verdict;
      }
      if (wait === null || !(await this.pause(attempt, wait))) return this.fail(verdict, wait ?? 0);
    }
  }

  /** Waits before another try; `false` where there is none, because the tries or the time would be over. */
  async pause(attempt: number, asked: number): Promise<boolean> {
    const pause = Math.max(asked, FIRST_WAIT * 4 ** (attempt - 1));
    if (attempt >= this.tries || pause + SHORTEST_REQUEST > this.left) return false;
    await (this.deps.sleep ?? setTimeout)(pause);
    return true;
  }

  /** The sink is not asked again. */
  fail(why: Later, asked: number): Later {
    this.down = why;
    this.deps.circuits?.failed(this.sink.name, this.deps.clock.now(), why, asked);
    return why;
  }

  private async try(path: string, packed: Uint8Array): ReturnType<typeof tryOnce> {
    this.requests++;
    const began = this.deps.clock.wall();
    const tried = await tryOnce(this.sink, path, packed, Math.min(this.left, LONGEST_REQUEST), this.deps);
    this.latencies.push(this.deps.clock.wall() - began);
    if (tried.verdict.kind === 'later') this.failures++;
    return tried;
  }
}
