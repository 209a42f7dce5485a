import { type ScriptedSink, type Sent, type SinkAnswer, scriptedSink } from './scripted-sink.ts';

/** A request as a sink of any kind reads it. */
export interface Received extends Sent {
  /** After decompression. */
  readonly text: string;
}

export type HttpSinkServer = ScriptedSink<Received>;

/** A receiver of text on 127.0.0.1. */
export function httpSink(script?: (request: Received) => SinkAnswer): Promise<HttpSinkServer> {
  return scriptedSink((sent, plain) => ({ ...sent, text: plain.toString('utf8') }), script);
}
