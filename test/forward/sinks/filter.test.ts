import { describe, expect, it } from 'vitest';
import { gather, release } from '../../../src/app/forward/gather.ts';
import { filterOf } from '../../../src/forward/sinks/filter.ts';
import type { SinkFilter } from '../../../src/model/sink.ts';
import { platformMetric, wrapped } from '../../support/diagnostic-records.ts';

const log = (name: string, members: object = {}) =>
  JSON.stringify({ time: '2026-03-10T21:41:05.4350000Z', correlationId: name, category: 'Trace', ...members });
const eventOf = (body: Buffer, sequence = 1) => ({
  body,
  partition: '0',
  sequenceNumber: String(sequence),
  offset: '0',
  enqueuedAt: '2026-03-10T21:42:00Z',
});

/** Names of the records that a sink gets. */
function got(only: SinkFilter, bodies: readonly Buffer[]): readonly string[] {
  const gathered = gather(
    'hub',
    bodies.map((body, index) => eventOf(body, index + 1)),
    0,
  );
  const names = [...gathered.logs, ...gathered.metrics].filter(filterOf(only)).map(({ record, event, position }) => {
    if (record.kind === 'platform metric') return record.name;
    return record.kind === 'text' ? record.text : `${event.sequenceNumber}.${position}`;
  });
  release(gathered);
  return names;
}

const RECORDS = [
  log('a', { level: 'Error', properties: { model: 'gpt-4o' } }),
  log('b', { level: 'Warning', properties: { model: 'gpt-4o' } }),
  log('c', { level: 'error', properties: { model: 'phi' } }),
  platformMetric('M', 1),
];

describe.each([
  ['read by bytes', wrapped(RECORDS)],
  ['parsed', Buffer.from(RECORDS.join('\n'))],
])('a sink gets, of records %s', (_, body) => {
  it('those whose members match, and metrics, which are not asked', () => {
    expect(got({ members: { level: ['ERR*'] } }, [body])).toEqual(['1.0', '1.2', 'M']);
    expect(got({ members: { level: ['error'], 'properties.model': ['gpt-*', 'o1'] } }, [body])).toEqual(['1.0', 'M']);
    expect(got({ members: { absent: ['x'] } }, [body])).toEqual(['M']);
  });

  it('none that is excepted; an exception of logs is none of metrics', () => {
    expect(got({ except: { members: { level: ['Error'] } } }, [body])).toEqual(['1.1', 'M']);
    expect(got({ except: { categories: ['Trace'] } }, [body])).toEqual(['M']);
    expect(got({ except: { resources: ['*'] } }, [body])).toEqual([]);
    expect(got({ signals: ['logs'], except: { categories: ['Trace'], members: { level: ['Error'] } } }, [body])).toEqual(['1.1']);
  });
});

describe('a sample', () => {
  const bodies = Array.from({ length: 200 }, () => wrapped(Array.from({ length: 10 }, (_, index) => log(`${index}`))));

  it('is about its share, and the same records every time and in a larger sample', () => {
    const tenth = got({ sample: 0.1 }, bodies);
    expect(tenth.length).toBeGreaterThan(140);
    expect(tenth.length).toBeLessThan(260);
    expect(got({ sample: 0.1 }, bodies)).toEqual(tenth);
    expect(got({ sample: 0.5 }, bodies)).toEqual(expect.arrayContaining([...tenth]));
    expect(got({ sample: 1 }, bodies)).toHaveLength(2_000);
  });

  it('leaves metrics whole', () => {
    const metrics = wrapped(Array.from({ length: 50 }, () => platformMetric('M', 1)));
    expect(got({ sample: 0.01 }, [metrics])).toHaveLength(50);
  });
});
