import type { HecSink } from '../../model/sink.ts';
import type { ProtoWriter } from '../otlp/writer.ts';
import { REDACT_ALL } from '../redact.ts';
import type { JsonItem } from './item.ts';
import { writeSource } from './source.ts';
import { writeSeconds } from './time.ts';
import type { Verdict } from './verdict.ts';

const CLOSE = 125;
const TIME = Buffer.from('{"time":');

/** One event of Splunk's HTTP Event Collector; `time` is in seconds. */
export function hecWriter(sink: HecSink): (writer: ProtoWriter, item: JsonItem) => void {
  const { redact = REDACT_ALL, sourcetype = 'azure:diagnostics', source, index } = sink;
  const named = { ...(source !== undefined && { source }), sourcetype, ...(index !== undefined && { index }) };
  const common = Buffer.from(`,${JSON.stringify(named).slice(1, -1)},"event":`);
  return (writer, item) => {
    writer.reserve(common.length + 32);
    writer.rawBytes(TIME);
    writeSeconds(writer, item);
    writer.rawBytes(common);
    writeSource(writer, item, redact);
    writer.reserve(1);
    writer.rawByte(CLOSE);
  };
}

/** Codes of the collector that speak of one event: format, missing event, blank event, indexed fields. */
const OF_AN_EVENT: ReadonlySet<number> = new Set([6, 12, 13, 15]);
/** … and of what was asked for, such as an index that the token may not write. */
const OF_THE_SENDER: ReadonlySet<number> = new Set([7, 10, 11, 14]);

/** A refusal by the collector: it often names the event. */
export function readCollector(text: string, detail: string): Verdict {
  let answer: { readonly code?: unknown; readonly 'invalid-event-number'?: unknown } = {};
  try {
    answer = JSON.parse(text) as typeof answer;
  } catch {
    // A proxy's own page.
  }
  const { code, 'invalid-event-number': item } = answer ?? {};
  if (typeof code === 'number' && OF_THE_SENDER.has(code)) return { kind: 'later', code: 'TCN-F003', detail };
  const isNamed = typeof code === 'number' && OF_AN_EVENT.has(code) && Number.isInteger(item) && (item as number) >= 0;
  return { kind: 'refused', detail, ...(isNamed && { item: item as number }) };
}
