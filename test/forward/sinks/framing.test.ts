import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProtoWriter } from '../../../src/forward/otlp/writer.ts';
import { FRAMINGS, itemsOf, type LineFormat, pickItems } from '../../../src/forward/sinks/framing.ts';
import { lineBodies } from '../../../src/forward/sinks/lines.ts';

const FORMATS = Object.keys(FRAMINGS) as readonly LineFormat[];
const jsonLine = fc.dictionary(fc.string(), fc.string()).map((value) => JSON.stringify(value));

function bodiesOf(items: readonly string[], format: LineFormat, maxRecords: number, maxBytes: number) {
  const failed: string[] = [];
  const bodies = [];
  const lines = FRAMINGS[format].lines;
  const write = (writer: ProtoWriter, item: string): void => {
    if (item.includes('"bad"')) throw new Error('bad');
    const text = lines === 2 ? `{"create":{}}\n${item}` : item;
    writer.reserve(text.length * 3);
    writer.rawUtf8(text);
  };
  const all = lineBodies(items, write, format, { maxRecords, maxBytes }, (item) => failed.push(item), new ProtoWriter(10));
  for (const { body, order } of all) bodies.push({ body: Buffer.from(body), order: [...order] });
  return { bodies, failed };
}

const contentOf = (body: Buffer, format: LineFormat): readonly string[] =>
  itemsOf(body, format).map(([from, to]) => body.toString('utf8', from, to).split('\n').at(-1) ?? '');

describe.each(FORMATS)('bodies of %s', (format) => {
  it('hold every item once and in order, within the limits unless an item is above them alone', () => {
    fc.assert(
      fc.property(
        fc.array(jsonLine, { maxLength: 30 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 300 }),
        (items, most, bytes) => {
          const { bodies, failed } = bodiesOf(items, format, most, bytes);
          expect(
            bodies
              .flatMap(({ body }) => contentOf(body, format))
              .concat(failed)
              .toSorted(),
          ).toEqual(items.toSorted());
          for (const { body, order } of bodies) {
            expect(contentOf(body, format)).toEqual(order);
            expect(order.length).toBeLessThanOrEqual(most);
            if (order.length > 1) expect(body.length).toBeLessThanOrEqual(bytes);
            if (format === 'array') expect(JSON.parse(body.toString())).toHaveLength(order.length);
            if (format === 'series') expect(JSON.parse(body.toString()).series).toHaveLength(order.length);
          }
        },
      ),
    );
  });

  it('can be taken apart by items', () => {
    fc.assert(
      fc.property(fc.array(jsonLine, { minLength: 1, maxLength: 12 }), fc.func(fc.boolean()), (items, wanted) => {
        const [whole] = bodiesOf(
          items.filter((item) => !item.includes('"bad"')),
          format,
          100,
          1e6,
        ).bodies;
        if (whole === undefined) return;
        const chosen = whole.order.map((_, index) => index).filter((index) => wanted(index));
        expect(contentOf(pickItems(whole.body, format, chosen), format)).toEqual(chosen.map((index) => whole.order[index]));
      }),
    );
  });
});
