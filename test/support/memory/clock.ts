import type { Clock } from '../../../src/ports.ts';

/** A clock that stands still until it is told. */
export class FakeClock implements Clock {
  #now: number;

  constructor(now: number | string = '2026-11-20T12:00:00Z') {
    this.#now = typeof now === 'number' ? now : Date.parse(now);
  }

  now(): number {
    return this.#now;
  }

  wall(): number {
    return this.#now;
  }

  advance(ms: number): number {
    this.#now += ms;
    return this.#now;
  }

  set(now: number | string): void {
    this.#now = typeof now === 'number' ? now : Date.parse(now);
  }
}
