import { fieldsOf } from './reader.ts';

/** What a sink took of a request that it answered with success. `rejected` is null where it refused some and did not say how many. */
export interface Taken {
  readonly rejected: number | null;
  readonly message: string;
}

/**
 * Reads the partial success of an OTLP/HTTP answer (ExportLogsServiceResponse and ExportMetricsServiceResponse are alike: field 1 holds
 * the number refused in 1 and a message in 2), in protobuf or, where the sink says so, JSON. An empty answer is full success.
 */
export function readTaken(contentType: string, body: Uint8Array): Taken {
  if (body.length === 0) return { rejected: 0, message: '' };
  if (/json/i.test(contentType)) return takenOfJson(body);
  return takenOfProtobuf(body, /protobuf/i.test(contentType));
}

function takenOfJson(body: Uint8Array): Taken {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return { rejected: 0, message: '' };
  }
  const partial = memberOf(memberOf(parsed, 'partialSuccess') === undefined ? {} : parsed, 'partialSuccess');
  const rejected = memberOf(partial, 'rejectedLogRecords') ?? memberOf(partial, 'rejectedDataPoints') ?? 0;
  const message = memberOf(partial, 'errorMessage');
  const count = Number(rejected);
  return { rejected: Number.isFinite(count) ? count : null, message: typeof message === 'string' ? message : '' };
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

/** A sink behind a proxy may answer success with a page, which is full success; broken protobuf may hide a refusal. */
function takenOfProtobuf(body: Uint8Array, declared: boolean): Taken {
  const answer = fieldsOf(body, 0, body.length);
  if (answer === null && declared) return { rejected: null, message: '' };
  const partial = answer?.find(({ number, wire }) => number === 1 && wire === 2);
  if (partial === undefined) return { rejected: 0, message: '' };
  const fields = fieldsOf(body, partial.start, partial.end);
  if (fields === null) return { rejected: null, message: '' };
  const rejected = fields.find(({ number, wire }) => number === 1 && wire === 0)?.value ?? 0;
  const text = fields.find(({ number, wire }) => number === 2 && wire === 2);
  return {
    rejected,
    message: text === undefined ? '' : Buffer.from(body.subarray(text.start, text.end)).toString('utf8'),
  };
}
