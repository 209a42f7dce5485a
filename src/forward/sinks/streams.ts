import type { Sink } from '../../model/sink.ts';
import type { ProtoWriter } from '../otlp/writer.ts';
import { REDACT_ALL } from '../redact.ts';
import type { FactsOf } from '../resource.ts';
import { archivePathOf } from './archive.ts';
import { datadogLogWriter, datadogMetricWriter } from './datadog.ts';
import { elasticWriter } from './elastic.ts';
import type { LineFormat } from './framing.ts';
import { hecWriter } from './hec.ts';
import type { JsonItem } from './item.ts';
import type { BodyLimits } from './lines.ts';
import { writeTimed } from './member.ts';
import { writeSource } from './source.ts';

/** What is known of an item beside its record. */
export interface StreamItem extends JsonItem {
  /** When its event came into the hub, epoch ms. */
  readonly enqueuedAt: number;
  readonly partitionKey: string;
}

/** One kind of request that a sink is sent, and the records that go into it. */
export interface Stream {
  readonly format: LineFormat;
  /** Where in the sink all of its records go, or where each goes: a request holds records of one path. */
  readonly path: string | ((item: StreamItem) => string);
  /** Absent: all. */
  readonly takes?: (item: JsonItem) => boolean;
  /** Records stay in the order in which they came. Absent: those of a kind stand together, which costs less to compress. */
  readonly ordered?: true;
  write(writer: ProtoWriter, item: JsonItem): void;
}

const TIME_GENERATED = Buffer.from('{"TimeGenerated":"');
const isMetric = ({ record }: JsonItem): boolean => record.kind === 'platform metric';

/** The requests of a sink that takes records as JSON; OTLP has its own encoders. */
export function streamsOf(sink: Exclude<Sink, { readonly kind: 'otlp' }>, factsOf: FactsOf): readonly Stream[] {
  const { redact = REDACT_ALL } = sink;
  const source = (writer: ProtoWriter, item: JsonItem): void => writeSource(writer, item, redact);
  switch (sink.kind) {
    case 'ndjson':
      return [{ format: 'lines', path: '', write: source }];
    case 'hec':
      return [{ format: 'lines', path: '', write: hecWriter(sink) }];
    case 'elastic':
      return [{ format: 'pairs', path: '', write: elasticWriter(sink) }];
    case 'datadog':
      return [
        { format: 'array', path: '', takes: (item) => !isMetric(item), write: datadogLogWriter(sink, factsOf) },
        { format: 'series', path: 'metrics', takes: isMetric, write: datadogMetricWriter(sink, factsOf) },
      ];
    case 'azureMonitor':
      return [
        {
          format: 'array',
          path: '',
          write: (writer, item) => writeTimed(writer, TIME_GENERATED, item, redact),
        },
      ];
    case 'eventHub':
      return [{ format: 'lines', path: ({ partitionKey }) => partitionKey, ordered: true, write: source }];
    case 'blob':
      return [{ format: 'lines', path: (item) => archivePathOf(item, item.enqueuedAt), ordered: true, write: source }];
  }
}

const MIB = 1_048_576;

/**
 * Requests before compression. Datadog: 5 MB and 1,000 logs, metrics 500 kB compressed; Azure Monitor: 1 MB; an Event Hubs batch is
 * 1 MB; an appended block 4 MiB. A sink that wants less says so (413).
 */
export function limitsOf({ kind, batch }: Sink): BodyLimits {
  const usual = USUAL[kind];
  return {
    maxRecords: batch?.records ?? usual.maxRecords,
    maxBytes: Math.min(batch?.bytes ?? usual.maxBytes, MOST[kind] ?? Infinity),
  };
}

const USUAL: Readonly<Record<Sink['kind'], BodyLimits>> = {
  otlp: { maxRecords: 1_000, maxBytes: 2_000_000 },
  ndjson: { maxRecords: 5_000, maxBytes: 2_000_000 },
  hec: { maxRecords: 5_000, maxBytes: 1_040_000 },
  elastic: { maxRecords: 5_000, maxBytes: 4_000_000 },
  datadog: { maxRecords: 1_000, maxBytes: 4_000_000 },
  azureMonitor: { maxRecords: 5_000, maxBytes: 1_000_000 },
  eventHub: { maxRecords: 5_000, maxBytes: 900_000 },
  blob: { maxRecords: 20_000, maxBytes: 4_000_000 },
};

/** What the service itself does not exceed. */
const MOST: Readonly<Partial<Record<Sink['kind'], number>>> = { azureMonitor: MIB, eventHub: MIB, blob: 4 * MIB };
