import { describe, expect, it } from 'vitest';
import { afterFailure, closedCircuit } from '../../src/alerts/circuit.ts';
import { CIRCUITS_KNOWN_AFTER, knownCircuits } from '../../src/app/known-circuits.ts';
import { FakeClock, MemoryCircuitStore } from '../support/memory/index.ts';

const NOW = Date.parse('2026-11-21T08:00:00Z');

function counted() {
  const store = new MemoryCircuitStore();
  const clock = new FakeClock(NOW);
  let reads = 0;
  const counting = {
    read: (name: string) => {
      reads += 1;
      return store.read(name);
    },
    replace: store.replace.bind(store),
  };
  return { store, clock, known: knownCircuits(counting, clock), reads: () => reads };
}

describe('circuits of receivers', () => {
  it.each([
    ['of which nothing is known', null],
    ['that is well', closedCircuit('chat')],
  ])('one %s is read once in a while', async (_, circuit) => {
    const { store, clock, known, reads } = counted();
    if (circuit !== null) await store.replace(circuit, null);
    for (const _each of [1, 2, 3]) expect((await known.read('chat')).value).toEqual(circuit);
    expect(reads()).toBe(1);
    clock.advance(CIRCUITS_KNOWN_AFTER);
    await known.read('chat');
    expect(reads()).toBe(2);
  });

  it('one that fails is read each time', async () => {
    const { store, known, reads } = counted();
    await store.replace(afterFailure(closedCircuit('chat'), true, NOW), null);
    for (const _ of [1, 2, 3]) expect((await known.read('chat')).value?.failures).toBe(1);
    expect(reads()).toBe(3);
  });

  it('what this worker writes it knows at once, whether or not it was written', async () => {
    const { store, known } = counted();
    expect(await known.read('chat')).toEqual({ value: null, version: null });
    await store.replace(afterFailure(closedCircuit('chat'), true, NOW), null);
    expect(await known.replace(closedCircuit('chat'), null)).toBe(false);
    expect((await known.read('chat')).value?.failures).toBe(1);
  });

  it('a reading that fails is not kept', async () => {
    const { clock } = counted();
    let fails = true;
    const store = {
      read: async () => {
        if (fails) throw new Error('storage');
        return { value: null, version: null };
      },
      replace: async () => true,
    };
    const known = knownCircuits(store, clock);
    await expect(known.read('chat')).rejects.toThrow('storage');
    fails = false;
    expect((await known.read('chat')).value).toBeNull();
  });
});
