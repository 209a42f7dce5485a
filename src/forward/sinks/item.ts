import type { LogItem } from '../otlp/logs.ts';
import type { PlatformMetric } from '../record.ts';

/** A range of a body: a record that was sent as JSON without a fault. */
export interface RawRecord {
  readonly bytes: Buffer;
  /** Of the same bytes. */
  readonly view: DataView;
  readonly start: number;
  readonly end: number;
}

/** An event as it can be named for good. */
export interface SourceEvent {
  readonly body: Uint8Array;
  readonly partition: string;
  /** Empty where unknown. */
  readonly sequenceNumber: string;
  /** Tells the numbers of a hub that was created anew from those before. */
  readonly enqueuedAt: string;
}

/** What sinks that take records as JSON are given. */
export interface JsonItem {
  readonly record: LogItem['record'] | PlatformMetric;
  /** Its place in its body. */
  readonly position: number;
  /** What it came in; the same at every redelivery, as far as the hub numbers its events. */
  readonly event: SourceEvent;
  /** Where the record stands, if it was well-formed JSON; its values as the sender wrote them. */
  readonly raw?: RawRecord;
}
