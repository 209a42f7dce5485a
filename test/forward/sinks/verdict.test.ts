import { describe, expect, it } from 'vitest';
import { verdictOf } from '../../../src/forward/sinks/verdict.ts';
import type { HttpSink } from '../../../src/model/sink.ts';

const verdict = (kind: HttpSink['kind'], status: number, body: unknown = '') =>
  verdictOf({ kind }, { status, contentType: '', body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)) });

describe('the answer of a sink', () => {
  it.each(['ndjson', 'hec', 'elastic', 'datadog', 'azureMonitor', 'otlp'] as const)('%s: success is all of it', (kind) => {
    for (const [status, body] of [
      [200, ''],
      [202, '{}'],
      [204, ''],
    ] as const) {
      expect(verdict(kind, status, body)).toEqual({ kind: 'taken', rejected: 0, message: '' });
    }
  });

  it('tells a refusal of records from one of the sender, and both from trouble', () => {
    expect(verdict('ndjson', 413)).toEqual({ kind: 'too large' });
    expect(verdict('ndjson', 400, 'why\n not')).toEqual({ kind: 'refused', detail: 'HTTP 400: why not' });
    for (const status of [401, 403, 404]) expect(verdict('ndjson', status)).toMatchObject({ kind: 'later', code: 'TCN-F003' });
    for (const status of [408, 429, 500, 503])
      expect(verdict('ndjson', status)).toMatchObject({ kind: 'later', code: 'TCN-F002' });
  });

  it('of _bulk is read item by item', () => {
    const items = [
      { create: { status: 201 } },
      { create: { status: 400, error: { type: 'document_parsing_exception', reason: 'failed to parse' } } },
      { create: { status: 409, error: { type: 'version_conflict_engine_exception', reason: 'exists' } } },
      { create: { status: 429, error: { type: 'es_rejected_execution_exception', reason: 'full' } } },
      { create: { status: 403, error: { type: 'security_exception', reason: 'no' } } },
    ];
    expect(verdict('elastic', 200, { errors: true, items })).toEqual({
      kind: 'partly',
      refused: new Map([[1, '400 document_parsing_exception failed to parse']]),
      again: [3, 4],
      known: 1,
      detail: '429 es_rejected_execution_exception full',
    });
    expect(verdict('elastic', 200, { errors: false, items: [] })).toMatchObject({ kind: 'taken', rejected: 0 });
    expect(verdict('elastic', 200, '{"errors":true,"items":[{"create"')).toMatchObject({ kind: 'later', code: 'TCN-F002' });
    expect(verdict('elastic', 200, { errors: true })).toMatchObject({ kind: 'taken', rejected: null });
  });

  it('of the collector names the event, or says that the sender is wrong', () => {
    const answer = { text: 'Invalid data format', code: 6, 'invalid-event-number': 3 };
    expect(verdict('hec', 400, answer)).toMatchObject({ kind: 'refused', item: 3 });
    expect(verdict('hec', 400, { text: 'Incorrect index', code: 7, 'invalid-event-number': 0 })).toMatchObject({ kind: 'later' });
    expect(verdict('hec', 400, 'a page')).toEqual({ kind: 'refused', detail: 'HTTP 400: a page' });
    expect(verdict('hec', 503, { text: 'Server is busy', code: 9 })).toMatchObject({ kind: 'later', code: 'TCN-F002' });
  });
});
