import { describe, expect, it } from 'vitest';
import { toForwardBatch } from '../../src/app/forward-trigger.ts';

/** Trigger metadata in the shape that the Node worker gives: keys in lower camel case, times without zone, offsets as numbers. */
function metadata(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    invocationId: 'i-1',
    partitionContext: {
      fullyQualifiedNamespace: 'ns.servicebus.windows.net',
      eventHubName: 'diagnostics',
      consumerGroup: 'tocsin',
      partitionId: '3',
      isCheckpointingAfterInvocation: true,
    },
    partitionKeyArray: ['k1'],
    offsetArray: [4096, 8192],
    sequenceNumberArray: [41, 42],
    enqueuedTimeUtcArray: ['2026-11-21T08:00:00.25', '2026-11-21T08:00:01'],
    propertiesArray: [{}, {}],
    systemPropertiesArray: [system(41, '4096', '2026-11-21T08:00:00.250+00:00'), system(42, '8192', '2026-11-21T08:00:01+00:00')],
    ...changes,
  };
}

function system(number: number, offset: string, time: string): Record<string, unknown> {
  return {
    'x-opt-sequence-number': number,
    'x-opt-offset': offset,
    'x-opt-enqueued-time': time,
    sequenceNumber: number,
    offset,
    partitionKey: null,
    enqueuedTimeUtc: time,
  };
}

const bodies = [Buffer.from('{"a":1}'), Buffer.from('{"b":2}')];
const WITHOUT_SYSTEM = { systemPropertiesArray: undefined };
const places = (changes: Record<string, unknown>, messages: unknown = bodies) =>
  toForwardBatch(messages, metadata(changes), 'diagnostics').events.map(({ body: _, ...place }) => place);

describe('what the Event Hubs trigger hands over', () => {
  it('becomes events with their place, as the hub itself named it', () => {
    expect(toForwardBatch(bodies, metadata(), 'diagnostics')).toEqual({
      hub: 'diagnostics',
      events: [
        { body: bodies[0], partition: '3', sequenceNumber: '41', offset: '4096', enqueuedAt: '2026-11-21T08:00:00.250+00:00' },
        { body: bodies[1], partition: '3', sequenceNumber: '42', offset: '8192', enqueuedAt: '2026-11-21T08:00:01+00:00' },
      ],
    });
  });

  it('keeps the key by which the sender chose the partition', () => {
    const keyed = { ...system(41, '4096', '2026-11-21T08:00:00Z'), 'x-opt-partition-key': 'k1' };
    const [first, second] = places({ systemPropertiesArray: [keyed, system(42, '8192', '2026-11-21T08:00:01Z')] });
    expect(first).toMatchObject({ sequenceNumber: '41', partitionKey: 'k1' });
    expect(second).not.toHaveProperty('partitionKey');
  });

  it('is placed by the arrays where there are no system properties: times are UTC, offsets are texts', () => {
    expect(places(WITHOUT_SYSTEM)).toEqual([
      { partition: '3', sequenceNumber: '41', offset: '4096', enqueuedAt: '2026-11-21T08:00:00.25Z' },
      { partition: '3', sequenceNumber: '42', offset: '8192', enqueuedAt: '2026-11-21T08:00:01Z' },
    ]);
  });

  it('has sequence numbers as halves of an int64 from an unbundled worker', () => {
    const sequenceNumberArray = [
      { low: 42, high: 0, unsigned: false },
      { low: -1, high: 0x1f_ffff, unsigned: false },
    ];
    expect(places({ ...WITHOUT_SYSTEM, sequenceNumberArray }).map(({ sequenceNumber }) => sequenceNumber)).toEqual([
      '42',
      '9007199254740991',
    ]);
  });

  it('has an offset that is no number a double holds', () => {
    const systemPropertiesArray = [system(41, '9223372036854775807', 'x'), system(42, '0042', 'x')];
    expect(places({ systemPropertiesArray }).map(({ offset }) => offset)).toEqual(['9223372036854775807', '0042']);
  });

  it('has fewer partition keys than events, which changes nothing', () => {
    expect(places({ partitionKeyArray: [] })).toEqual(places({}));
  });

  it('has metadata of more events than messages when a host drops empty bodies: then no event has a number that may be another’s', () => {
    const [event] = places({}, [bodies[1]]);
    expect(event).toEqual({ partition: '3', sequenceNumber: '', offset: '', enqueuedAt: '' });
  });

  it('keeps empty bodies in their places', () => {
    const { events } = toForwardBatch([Buffer.alloc(0), bodies[1]], metadata(), 'diagnostics');
    expect(events.map(({ body, sequenceNumber }) => [body.length, sequenceNumber])).toEqual([
      [0, '41'],
      [7, '42'],
    ]);
  });

  it('may be one event, of cardinality one', () => {
    const one = {
      partitionContext: { partitionId: '0' },
      sequenceNumber: 7,
      offset: 128,
      enqueuedTimeUtc: '2026-11-21T08:00:00',
    };
    expect(toForwardBatch(bodies[0], one, 'diagnostics').events).toEqual([
      { body: bodies[0], partition: '0', sequenceNumber: '7', offset: '128', enqueuedAt: '2026-11-21T08:00:00Z' },
    ]);
  });

  it.each<[string, unknown, string]>([
    ['text', 'plain', 'plain'],
    ['an object that the worker parsed', { records: [{ a: 1 }] }, '{"records":[{"a":1}]}'],
    ['a number', 42, '42'],
    ['nothing', null, ''],
    ['bytes that are no Buffer', new Uint8Array([65, 66]), 'AB'],
  ])('may hold %s where it is not bound to bytes', (_, message, text) => {
    const [event] = toForwardBatch([message], {}, 'diagnostics').events;
    expect(Buffer.from(event?.body ?? []).toString()).toBe(text);
  });

  it.each([
    [undefined],
    [null],
    ['text'],
    [{}],
    [{ partitionContext: null, systemPropertiesArray: 'x', sequenceNumberArray: [null, {}] }],
  ])('is taken without place where the metadata are %j', (broken) => {
    expect(toForwardBatch(bodies, broken, 'diagnostics').events.map(({ body: _, ...place }) => place)).toEqual([
      { partition: '', sequenceNumber: '', offset: '', enqueuedAt: '' },
      { partition: '', sequenceNumber: '', offset: '', enqueuedAt: '' },
    ]);
  });

  it.each([[-1], [1.5], ['x'], [Number.NaN], [{ low: 'a', high: 0 }], [{ low: 0, high: -1 }]])(
    'has no number in %j',
    (number) => {
      expect(places({ ...WITHOUT_SYSTEM, sequenceNumberArray: [number, 42] })[0]?.sequenceNumber).toBe('');
    },
  );
});
