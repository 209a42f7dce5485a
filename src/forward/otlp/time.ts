import type { Instant } from '../instant.ts';
import type { ProtoWriter } from './writer.ts';

/** Nanoseconds since 1970 as fixed64, computed in halves because the product is beyond 2^53. */
export function writeNanos(writer: ProtoWriter, field: number, { seconds, nanos }: Instant): void {
  writeNanosOf(writer, field, seconds, nanos);
}

export function writeNanosOf(writer: ProtoWriter, field: number, seconds: number, nanos: number): void {
  const upper = Math.floor(seconds / 0x1_0000) * 1e9;
  const lower = (seconds % 0x1_0000) * 1e9 + nanos;
  const carried = (upper % 0x1_0000) * 0x1_0000 + lower;
  const high = Math.floor(upper / 0x1_0000) + Math.floor(carried / 0x1_0000_0000);
  writer.fixed64(field, high, carried % 0x1_0000_0000);
}
