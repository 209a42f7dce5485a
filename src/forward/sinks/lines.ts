import type { ProtoWriter } from '../otlp/writer.ts';
import { FRAMINGS, type Framing, type LineFormat } from './framing.ts';

/** What a request may hold before compression. */
export interface BodyLimits {
  readonly maxRecords: number;
  readonly maxBytes: number;
}

export interface LineBody<Item> {
  /** Without a copy: it is there until the next is asked for. */
  readonly body: Buffer;
  readonly order: readonly Item[];
}

/**
 * Bodies of at most `limits`, an item above them alone in its own. What `write` cannot write is given to `failed` and does not harm
 * the others.
 */
export function* lineBodies<Item>(
  items: Iterable<Item>,
  write: (writer: ProtoWriter, item: Item) => void,
  format: LineFormat,
  limits: BodyLimits,
  failed: (item: Item, reason: string) => void,
  writer: ProtoWriter,
): Generator<LineBody<Item>> {
  const { open, separator, close }: Framing = FRAMINGS[format];
  let order: Item[] = [];
  const begin = (): void => {
    writer.rewind(0);
    writer.reserve(open.length);
    writer.rawAscii(open);
    order = [];
  };
  const finish = (): LineBody<Item> => {
    writer.reserve(close.length);
    writer.rawAscii(close);
    return { body: writer.finish(), order };
  };
  begin();
  for (const item of items) {
    let start = writer.length;
    if (!append(item)) continue;
    if (order.length > 1 && writer.length + close.length > limits.maxBytes) {
      order.pop();
      const tail = Buffer.from(writer.finish().subarray(start + separator.length));
      writer.rewind(start);
      yield finish();
      begin();
      start = writer.length;
      writer.reserve(tail.length);
      writer.rawBytes(tail);
      order.push(item);
    }
    if (order.length >= limits.maxRecords || writer.length >= limits.maxBytes) {
      yield finish();
      begin();
    }
  }
  if (order.length > 0) yield finish();

  function append(item: Item): boolean {
    const start = writer.length;
    try {
      if (order.length > 0) {
        writer.reserve(separator.length);
        writer.rawAscii(separator);
      }
      write(writer, item);
      order.push(item);
      return true;
    } catch (thrown) {
      writer.rewind(start);
      failed(item, thrown instanceof Error ? thrown.message : String(thrown));
      return false;
    }
  }
}
