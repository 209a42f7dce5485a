import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PartitionLog } from '../../../src/local/hub/partition-log.ts';
import { startOf } from '../../../src/local/hub/position.ts';

let path: string;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tocsin-hub-'));
  path = join(folder, 'hub', '0.events');
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function filled(texts: readonly string[], times: readonly number[] = []): PartitionLog {
  const log = new PartitionLog(path);
  for (const [index, text] of texts.entries()) log.append(times[index] ?? 1000 + index, [() => [Buffer.from(text)]]);
  return log;
}

function all(log: PartitionLog): string[] {
  const texts: string[] = [];
  while (texts.length < log.length) texts.push(...log.read(texts.length).map(String));
  return texts;
}

describe('the events of a partition', () => {
  it('are read back in order, after a restart too, with the same numbers and offsets', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 300 }), { maxLength: 40 }), (texts) => {
        rmSync(path, { force: true });
        const log = filled(texts);
        const arrivals = texts.map((_, index) => log.arrival(index));
        log.close();
        const again = new PartitionLog(path);
        expect(all(again)).toEqual(texts);
        expect(texts.map((_, index) => again.arrival(index))).toEqual(arrivals);
        again.close();
      }),
      { numRuns: 50 },
    );
  });

  it('may come together, each in pieces, and stand as if they had come one by one', () => {
    filled(['one', 'two', 'three'], [5000, 5000, 5000]).close();
    const single = readFileSync(path);
    rmSync(path);
    const log = new PartitionLog(path);
    const places: number[] = [];
    const event =
      (...pieces: readonly string[]) =>
      ({ offset }: { readonly offset: number }) => {
        places.push(offset);
        return pieces.map((piece) => Buffer.from(piece));
      };
    log.append(5000, [event('o', 'ne'), event('two')]);
    log.append(4000, [event('', 'th', 'ree')]);
    expect(places).toEqual([0, 1, 2].map((number) => log.arrival(number)?.offset));
    log.close();
    expect(readFileSync(path).equals(single)).toBe(true);
  });

  it('lose an event whose writing was interrupted, and nothing else', () => {
    filled(['one', 'two']).close();
    const whole = statSync(path).size;
    for (const torn of [Buffer.from([9]), Buffer.concat([Buffer.from([200, 0, 0, 0]), Buffer.alloc(30)])]) {
      appendFileSync(path, torn);
      const log = new PartitionLog(path);
      expect(all(log)).toEqual(['one', 'two']);
      log.close();
      expect(statSync(path).size).toBe(whole);
    }
  });

  it('can be rolled back to a size noted before', () => {
    const log = filled(['one', 'two']);
    const noted = log.size;
    log.append(5000, [() => [Buffer.from('three')]]);
    log.truncate(noted);
    expect(all(log)).toEqual(['one', 'two']);
    log.append(5000, [() => [Buffer.from('other')]]);
    expect(log.arrival(2)).toMatchObject({ sequenceNumber: 2, offset: noted });
    expect(() => log.truncate(noted + 1)).toThrow(RangeError);
    expect(() => log.truncate(noted * 9)).toThrow(RangeError);
    log.close();
  });

  it('arrive in order of time even when the clock runs backwards', () => {
    const log = filled(['one', 'two'], [2000, 1000]);
    expect(log.arrival(1)?.at).toBe(2000);
    log.close();
  });
});

describe('where a receiver begins', () => {
  it('is what a linear search finds', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(20), { maxLength: 12 }),
        fc.constantFrom('offset', 'sequence-number', 'enqueued-time'),
        fc.constantFrom('>', '>='),
        fc.integer({ min: -1, max: 300 }),
        (gaps, annotation, comparison, value) => {
          rmSync(path, { force: true });
          let at = 100;
          const times = gaps.map((gap) => {
            at += gap;
            return at;
          });
          const log = filled(times.map(String), times);
          const keys = times.map((_, index) => {
            const arrival = log.arrival(index);
            if (annotation === 'offset') return arrival?.offset ?? 0;
            return annotation === 'enqueued-time' ? (arrival?.at ?? 0) : index;
          });
          const index = keys.findIndex((key) => (comparison === '>' ? key > value : key >= value));
          expect(startOf(`amqp.annotation.x-opt-${annotation} ${comparison} '${value}'`, log)).toBe(
            index === -1 ? times.length : index,
          );
          log.close();
        },
      ),
      { numRuns: 100 },
    );
  });

  it('is the end for @latest, and nowhere for a selector that is not understood', () => {
    const log = filled(['one', 'two']);
    expect(startOf("amqp.annotation.x-opt-offset > '@latest'", log)).toBe(2);
    for (const selector of ["amqp.annotation.x-opt-offset > 'x'", "amqp.annotation.x-opt-offset > ''", 'anything']) {
      expect(startOf(selector, log)).toBeNull();
    }
    log.close();
  });
});
