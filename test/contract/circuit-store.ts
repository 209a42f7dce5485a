import { describe, it } from 'vitest';
import { afterFailure, closedCircuit } from '../../src/alerts/circuit.ts';
import type { CircuitStore } from '../../src/ports.ts';
import { NOON } from '../support/samples.ts';
import { expectConditionalWrites } from './versioned.ts';

/** What every CircuitStore does. `make` gives an empty one. */
export function circuitStoreContract(name: string, make: () => CircuitStore): void {
  describe(`${name} keeps how receivers do`, () => {
    it('writes only what nobody else has written since', async () => {
      const store = make();
      const [first, other] = [afterFailure(closedCircuit('on call/1'), true, NOON), closedCircuit('on call/1')];
      await expectConditionalWrites(
        () => store.read(first.name),
        (next, version) => store.replace(next, version),
        [first, other, afterFailure(first, false, NOON + 1)],
      );
    });
  });
}
