import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type ForwardOutcome, forward } from '../../src/app/forward.ts';
import type { HttpRequest, HttpSender } from '../../src/ports.ts';
import { requestResponse, wrapped } from '../support/diagnostic-records.ts';
import {
  FakeClock,
  MemoryFindingStore,
  MemoryForwardMarks,
  MemoryLog,
  MemoryParkingStore,
  MemoryQuarantineStore,
} from '../support/memory/index.ts';
import { decodeOtlpLogs } from '../support/otlp.ts';
import { hasShared, SHARED } from '../support/shared.ts';

const FOLDER = `${SHARED}forwarding/`;
const PAGE = new URL('../../docs/forwarding.md', import.meta.url);
/** `UPDATE_DOCS=1 npx vitest run test/app/forward-corpus.test.ts` writes the table. */
const UPDATE = process.env.UPDATE_DOCS === '1';
/** Not bodies: the index of the malformed ones, texts about them, and an event that never was in a hub. */
const NO_BODIES = /cases\.json$|README\.md$|test-openai-request\.json$/;

interface Case {
  readonly file: string;
  readonly recoverable_records: number;
}

const files = hasShared
  ? readdirSync(FOLDER, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !NO_BODIES.test(entry.name))
      .map((entry) => `${entry.parentPath.slice(FOLDER.length)}/${entry.name}`.replace(/^\/+/, ''))
      .sort()
  : [];
const cases = hasShared ? (JSON.parse(readFileSync(`${FOLDER}malformed/cases.json`, 'utf8')) as readonly Case[]) : [];

/** A sink that takes everything and keeps it as it came. */
function takingAll() {
  const requests: HttpRequest[] = [];
  const http: HttpSender = {
    send: async (request) => {
      requests.push(request);
      return { status: 200, headers: {}, body: '' };
    },
  };
  const of = (path: string) =>
    requests.filter(({ url }) => url.endsWith(path)).map(({ body }) => gunzipSync(Buffer.from(body as Uint8Array)));
  return {
    http,
    logs: () => of('/v1/logs').flatMap((body) => decodeOtlpLogs(body)),
  };
}

const GOOD = ['good-1', 'good-2', 'good-3', 'good-4', 'good-5', 'good-6'];
const [before, behind] = [GOOD.slice(0, 3), GOOD.slice(3)].map((ids) =>
  wrapped(ids.map((correlationId) => requestResponse({ correlationId }))),
) as [Buffer, Buffer];

/** The body among good ones. */
async function forwarded(bodies: readonly Buffer[]) {
  const sink = takingAll();
  const quarantine = new MemoryQuarantineStore();
  const outcome = await forward(
    {
      hub: 'diagnostics',
      events: bodies.map((body, index) => ({
        body,
        partition: '0',
        sequenceNumber: String(index),
        offset: String(index * 100),
        enqueuedAt: '2026-11-20T11:59:00.000Z',
      })),
    },
    {
      sinks: [{ kind: 'otlp', name: 'sink', url: 'https://sink.example', headers: {} }],
      http: sink.http,
      quarantine,
      parking: new MemoryParkingStore(),
      marks: new MemoryForwardMarks(),
      findings: new MemoryFindingStore(),
      clock: new FakeClock(),
      log: new MemoryLog(),
    },
  );
  const logs = sink.logs();
  const good = logs.map(({ attributes }) => attributes['azure.correlation_id']).filter((id) => GOOD.includes(String(id)));
  const ticks = logs
    .filter(({ attributes }) => GOOD.includes(String(attributes['azure.correlation_id'])))
    .map(({ attributes }) => attributes['azure.ai.openai.request.ticks']);
  return { outcome, good, ticks, quarantined: quarantine.all() };
}

function row(file: string, { records, quarantined, repairs }: ForwardOutcome): string {
  const done = Object.entries(repairs)
    .map(([repair, times]) => (times === 1 ? repair : `${repair} × ${times}`))
    .sort()
    .join(', ');
  return `| ${file} | ${records - GOOD.length} | ${quarantined} | ${done} |`;
}

describe.skipIf(!hasShared)('every body of the field, among good ones', () => {
  const rows: string[] = [];

  it.each(files)('%s harms none of them, wherever it stands', async (file) => {
    const body = readFileSync(FOLDER + file);
    for (const bodies of [
      [before, body, behind],
      [body, before, behind],
    ]) {
      const { outcome, good, ticks, quarantined } = await forwarded(bodies);
      expect([...good].sort()).toEqual(GOOD);
      expect(new Set(ticks)).toEqual(new Set(['638481757794854611']));
      expect(outcome.delivered).toBe(outcome.records);
      expect(quarantined).toHaveLength(outcome.quarantined);
      for (const entry of quarantined) expect(entry).toMatchObject({ partition: '0', reason: expect.stringMatching(/./) });
      if (bodies[1] === body) rows.push(row(file, outcome));
    }
  });

  it.each(cases)('malformed/$file yields its $recoverable_records records', async ({ file, recoverable_records }) => {
    const { outcome } = await forwarded([before, readFileSync(`${FOLDER}malformed/${file}`), behind]);
    expect(outcome.records - GOOD.length - (outcome.repairs['scalar item'] ?? 0)).toBe(recoverable_records);
  });

  it('are listed in docs/forwarding.md with what became of them', () => {
    const page = readFileSync(PAGE, 'utf8');
    const table = ['| body | records | in quarantine | repairs |', '|---|---|---|---|', ...rows].join('\n');
    const between = /(<!-- bodies: generated -->\n)[\s\S]*(\n<!-- end of bodies -->)/;
    const updated = page.replace(between, (_, begin: string, end: string) => `${begin}\n${table}\n${end}`);
    if (UPDATE) writeFileSync(PAGE, updated);
    expect(page).toMatch(between);
    if (!UPDATE) expect(page).toBe(updated);
  });
});
