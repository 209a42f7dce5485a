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

/** What sinks that take records as JSON are given. */
export interface JsonItem {
  readonly record: LogItem['record'] | PlatformMetric;
  /** Its place in its body. */
  readonly position: number;
  /** Of its event's place in the hub: tells bodies of equal content apart, and is the same at every redelivery. */
  readonly salt?: number;
  /** Where the record stands, if it was well-formed JSON; its values as the sender wrote them. */
  readonly raw?: RawRecord;
}
