import { decodeOtlpLogs, decodeOtlpMetrics, type OtlpLogRecord, type OtlpPoint } from './otlp.ts';
import { type ScriptedSink, type Sent, type SinkAnswer, scriptedSink } from './scripted-sink.ts';

/** A request as the sink read it. */
export interface SinkRequest extends Sent {
  readonly logs: readonly OtlpLogRecord[];
  readonly points: readonly OtlpPoint[];
}

export interface OtlpSinkServer extends ScriptedSink<SinkRequest> {
  /** Log records of requests that the sink took. */
  readonly logs: readonly OtlpLogRecord[];
  readonly points: readonly OtlpPoint[];
}

/** An OTLP/HTTP receiver on 127.0.0.1 that decodes what it gets. */
export async function otlpSink(script?: (request: SinkRequest) => SinkAnswer): Promise<OtlpSinkServer> {
  const server = await scriptedSink(
    (sent, plain): SinkRequest => ({
      ...sent,
      logs: sent.path.endsWith('/v1/logs') ? decodeOtlpLogs(plain) : [],
      points: sent.path.endsWith('/v1/metrics') ? decodeOtlpMetrics(plain) : [],
    }),
    script,
  );
  return {
    ...server,
    get logs() {
      return server.taken.flatMap(({ logs }) => logs);
    },
    get points() {
      return server.taken.flatMap(({ points }) => points);
    },
  };
}
