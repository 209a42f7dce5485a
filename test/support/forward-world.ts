import type { ForwardBatch, ForwardDeps, ForwardEvent } from '../../src/app/forward.ts';
import { createHttpSender } from '../../src/net/http.ts';
import { requestResponse } from './diagnostic-records.ts';
import {
  FakeClock,
  MemoryFindingStore,
  MemoryForwardMarks,
  MemoryLog,
  MemoryParkingStore,
  MemoryQuarantineStore,
} from './memory/index.ts';

export type ForwardStores = ReturnType<typeof freshStores>;

/** What forwarding keeps, and its clock. */
export function freshStores() {
  return {
    quarantine: new MemoryQuarantineStore(),
    parking: new MemoryParkingStore(),
    marks: new MemoryForwardMarks(),
    findings: new MemoryFindingStore(),
    clock: new FakeClock(),
    log: new MemoryLog(),
  };
}

export const http = createHttpSender();

/** Over real HTTP; time passes only while somebody waits. `waited` hears how long. */
export function patient(stores: ForwardStores, waited: (ms: number) => void = () => {}): Omit<ForwardDeps, 'sinks'> {
  return {
    ...stores,
    http,
    sleep: async (ms) => {
      waited(ms);
      stores.clock.advance(ms);
    },
  };
}

export function eventOf(sequence: number | string, body: Uint8Array | string, changes: Partial<ForwardEvent> = {}): ForwardEvent {
  return {
    body: typeof body === 'string' ? Buffer.from(body) : body,
    partition: '0',
    sequenceNumber: String(sequence),
    offset: `${Number(sequence) * 1000}`,
    enqueuedAt: '2026-11-20T11:59:00.000Z',
    ...changes,
  };
}

export const batch = (...events: readonly ForwardEvent[]): ForwardBatch => ({ hub: 'diagnostics', events });
export const record = (id: string): string => requestResponse({ correlationId: id });
export const range = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

/** Servers of one test, to be stopped behind it. */
export class Servers {
  readonly #all: { stop(): Promise<void> }[] = [];

  async keep<Server extends { stop(): Promise<void> }>(starting: Promise<Server>): Promise<Server> {
    const server = await starting;
    this.#all.push(server);
    return server;
  }

  async stop(): Promise<void> {
    for (const server of this.#all.splice(0)) await server.stop();
  }
}
