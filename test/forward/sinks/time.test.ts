import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProtoWriter } from '../../../src/forward/otlp/writer.ts';
import { timeTextOf, writeSeconds } from '../../../src/forward/sinks/time.ts';

const at = (seconds: number, nanos: number) => ({
  record: { kind: 'text', text: '', reason: '', resourceId: '', tenantId: '', location: '', time: { seconds, nanos } } as const,
});

describe('the time of a record', () => {
  it('is RFC 3339 to 100 ns, and seconds to the millisecond, at any time that Azure can name', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100_000_000_000 }), fc.integer({ min: 0, max: 9_999_999 }), (seconds, ticks) => {
        const item = at(seconds, ticks * 100);
        const fraction = String(ticks).padStart(7, '0');
        expect(timeTextOf(item)).toBe(`${new Date(seconds * 1000).toISOString().slice(0, 19)}.${fraction}Z`);
        const writer = new ProtoWriter(0);
        writeSeconds(writer, item);
        expect(writer.finish().toString()).toBe(`${seconds}.${fraction.slice(0, 3)}`);
      }),
    );
  });
});
