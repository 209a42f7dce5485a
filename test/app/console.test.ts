import { beforeEach, describe, expect, it } from 'vitest';
import { type ConsoleDeps, consolePage } from '../../src/app/console.ts';
import type { StatusJson } from '../../src/console/status.ts';
import { DAY, MINUTE } from '../../src/model/duration.ts';
import { TocsinError } from '../../src/model/errors.ts';
import { pipelineAlert, resolvedAfter, throttledAlert } from '../support/fixtures/alerts.ts';
import { DAY_WINDOW } from '../support/fixtures/day.ts';
import { busyEstate, type Estate, emptyEstate, raise } from '../support/fixtures/estate.ts';
import { throttledRule } from '../support/fixtures/rules.ts';

const HTML = 'text/html,application/xhtml+xml,*/*;q=0.8';
let estate: Estate;

beforeEach(async () => {
  estate = await busyEstate();
});

async function get(address: string, accept = HTML, deps: ConsoleDeps = estate) {
  const { pathname, searchParams } = new URL(address, 'http://127.0.0.1');
  const answer = await consolePage(pathname, searchParams, accept, deps);
  return {
    ...answer,
    words: answer.body
      .replace(/<style>.*?<\/style>/s, '')
      .replace(/<[^>]+>/g, ' ')
      .replace(/\s+/g, ' '),
  };
}

async function openAlert() {
  const [alert] = await estate.alerts.open();
  if (alert === undefined) throw new Error('an alert is open');
  return alert;
}

describe('every answer', () => {
  it('may not run, load, frame or leak anything, and is not kept', async () => {
    for (const address of ['/', '/rules', '/alerts', '/digests', '/nothing', '/api/status', '/digests/daily-2026-11-20T0800Z']) {
      const { headers } = await get(address);
      expect(headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'unsafe-inline'; img-src data:/);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'same-origin',
        'cache-control': 'no-store',
      });
    }
  });

  it('treats what alerts say as text', async () => {
    const evil = '"><script>alert(1)</script>';
    const alert = throttledAlert({
      startsAt: estate.clock.now() - MINUTE,
      summary: evil,
      labels: { [evil]: evil },
      condition: evil,
      source: evil,
      response: { owner: evil, within: MINUTE, action: evil, runbook: 'javascript:alert(1)', steps: [evil] },
    });
    await raise(estate, alert);
    for (const address of ['/', `/alerts/${alert.fingerprint}`, `/${encodeURIComponent(evil)}`]) {
      const { body } = await get(address);
      expect(body).not.toContain('<script');
      expect(body).not.toContain('href="javascript');
    }
  });
});

describe('the first page', () => {
  it('begins with what needs a response, most severe first, with the response and its deadline', async () => {
    const { words } = await get('/');
    expect(words).toContain('2 alerts need a response');
    const first = words.indexOf('Shift traffic or raise capacity for chat.');
    expect(first).toBeGreaterThan(0);
    expect(words.indexOf('Start the pipeline by hand')).toBeGreaterThan(first);
    expect(words).toContain('Act by 07:53: 11 min overdue');
  });

  it('says when Tocsin last ran, and warns when that is long ago', async () => {
    expect((await get('/')).words).toContain('Last ran 20 s ago.');
    estate.clock.advance(10 * MINUTE);
    const { words } = await get('/');
    expect(words).toContain('Has not run for 10 min 20 s.');
    expect(words).toContain('Tocsin is not evaluating.');
  });

  it('does not call it quiet when nobody looks', async () => {
    estate = emptyEstate();
    const { words } = await get('/');
    expect(words).toContain('No alert is known, and none would come');
    expect(words).toContain('Never ran: no tick yet.');
    await estate.ticks.replace({ lastTickAt: estate.clock.now(), planned: 0 }, null);
    expect((await get('/')).words).toContain('No alert is firing');
  });

  it('tells each rule’s last evaluation with its reason, those in trouble first', async () => {
    const { words } = await get('/');
    expect(words).toContain('1 rule could not be judged at the last evaluation, so silence of it says nothing: BatchJobsStuck');
    expect(words).toMatch(
      /BatchJobsStuck alert, severity 1 not known no verdict 4 min ago throttled: Azure Monitor asked to wait 30 s TCN-A001/,
    );
    expect(words).toMatch(/AzureOpenAIThrottled alert, severity 1 1 firing judged 4 min ago 1 window judged, 1 breach/);
  });

  it('sums up the rules that are neither firing nor in trouble, and leaves them to the page of rules', async () => {
    const { words } = await get('/');
    expect(words).toMatch(/The others: (?:[a-z ]+ \(\d+\)(?:, |\. ))+All rules/);
    expect(words).not.toContain('CallsToMissingDeployment report');
    expect((await get('/rules')).words).toMatch(/CallsToMissingDeployment report goes to digests/);
    const numbers = [...(/The others: (.*?)All rules/.exec(words)?.[1] ?? '').matchAll(/\((\d+)\)/g)];
    const speaking = estate.rules.filter(({ id }) => words.includes(`${id} alert, severity`) || words.includes(`${id} report `));
    expect(numbers.reduce((sum, [, number]) => sum + Number(number), speaking.length)).toBe(estate.rules.length);
  });

  it('links digests, and tells notifications, forwarding and quarantine', async () => {
    const { body, words } = await get('/');
    expect(body).toContain('href="/digests/daily-2026-11-20T0800Z?form=json"');
    expect(words).toMatch(/Sent 12 Retried 16 Given up 1 Not confirmed 1 ; chatops: TCN-N001 answered 500/);
    expect(words).toContain('48,210 in 1,200 events from 1 partition');
    expect(words).toContain('the body is neither JSON nor gzip: it begins with &lt;html&gt; TCN-F001');
  });

  it('tells what became of records by sink and category, and what the hub holds unread', async () => {
    const { value, version } = await estate.forward.read('0');
    if (value === null) throw new Error('the estate has a mark');
    const none = { repeated: 0, parked: 0, rejected: 0, requests: 9, failures: 2, latency: { p50: 40, p99: 90 } };
    const categories = { Audit: { delivered: 0, parked: 0, refused: 0, filtered: 7 } };
    const totals = {
      since: 0,
      dropped: 0,
      records: { Audit: 7, RequestResponse: 100 },
      repaired: { Audit: { 'no time': 3 } },
      quarantinedOf: { RequestResponse: 4 },
      sinks: { collector: { ...none, delivered: 96, refused: 4, filtered: 7, categories } },
      hour: { at: 0, now: { records: 0, lost: 0 }, before: { records: 0, lost: 0 } },
    };
    await estate.forward.replace({ ...value, totals }, version);
    const now = estate.clock.now();
    const waiting = { sequenceNumber: 9, enqueuedAt: now, since: now - 600_000 };
    const sight = { partition: 'h/0', last: waiting, read: null, allReadAt: null, unread: 12, waiting, expired: 0 };
    const later = { sinks: { collector: { ...none, delivered: 30, refused: 0 } }, since: 0 };
    const looking = {
      ...estate,
      hubView: async () => ({ hub: 'h', at: now, alertedSince: null, partitions: [sight] }),
      drained: { read: async () => ({ value: later, version: '1' }) },
    };
    const { words } = await get('/', HTML, looking);
    expect(words).toContain('Not read yet 12 events, known for 10 min');
    expect(words).toMatch(/collector 96 30 7 4 18 4 40 ms, at most 90 ms/);
    expect(words).toMatch(/RequestResponse 100 0 4 0 Audit 7 3 0 7/);
    expect((await get('/')).words).toContain('Not read yet unknown');
  });

  it('tells what a sink has not taken yet, for as long as it waits', async () => {
    const place = { id: 'b', sink: 'collector', path: '/v1/logs', format: 'otlp', enqueuedAt: 1 };
    const batch = { ...place, records: 120, parkedAt: 1, attempts: 0 };
    expect((await get('/')).words).toContain('Waiting for a sink none');
    await estate.parking.park(batch, new Uint8Array());
    expect((await get('/')).words).toContain('Waiting for a sink 120 records');
    expect(JSON.parse((await get('/api/status')).body).waiting).toEqual({ batches: 1, records: 120 });
  });

  it('says what cannot be read, and shows the rest', async () => {
    estate.alerts.failNext('open', new TocsinError('TCN-S001', 'the table answered 503'));
    const { status, words } = await get('/');
    expect(status).toBe(200);
    expect(words).toContain('The open alerts cannot be read');
    expect(words).toContain('the table answered 503 TCN-S001');
    expect(words).toContain('BatchJobsStuck alert, severity 1 not known no verdict');
    expect((await get('/rules')).words).toContain('ScheduledPipelineDidNotRun');
    expect(words).not.toContain('No alert is firing');
  });
});

describe('the page of an alert', () => {
  it('tells first what to do, who, until when, and how', async () => {
    const { words } = await get(`/alerts/${(await openAlert()).fingerprint}`);
    const order = [
      'chat: 34% of calls refused with 429',
      'What to do',
      'Shift traffic or raise capacity for chat.',
      'ai-platform act by 07:53: 11 min overdue',
      'Move the batch client to contoso-openai-west.',
      'Open the runbook',
      'The series',
      'Why it fires',
      'History',
    ].map((text) => words.indexOf(text));
    expect(order.every((place) => place > 0)).toBe(true);
    expect(order).toEqual([...order].sort((a, b) => a - b));
  });

  it('counts the time that is left before the deadline', async () => {
    estate.clock.set(DAY_WINDOW.end - 20 * MINUTE);
    expect((await get(`/alerts/${(await openAlert()).fingerprint}`)).words).toContain('act by 07:53: 13 min left');
  });

  it('draws the series with its threshold, and gives the values as a table', async () => {
    const { body } = await get(`/alerts/${(await openAlert()).fingerprint}`);
    expect(body).toMatch(
      /<svg class="chart" role="img" aria-label="AzureOpenAIThrottled, chat, contoso-openai-east, Sat 21 Nov 06:58 to 07:57 UTC/,
    );
    expect(body.match(/<tr role="row"><th scope="row" role="rowheader" class=""><time/g)?.length).toBeGreaterThanOrEqual(57);
  });

  it('says why there is no line for an absence', async () => {
    const { words } = await get(`/alerts/${pipelineAlert().fingerprint}`);
    expect(words).toContain('The rule watches for something that did not come: there is no line to draw.');
  });

  it('tells the history in words, and that it has fired before', async () => {
    const { words } = await get(`/alerts/${(await openAlert()).fingerprint}`);
    expect(words).toContain('Sat 21 Nov 07:38:30 receiver told oncall: first');
    expect(words).toContain('Fired 3 other times in the last seven days');
  });

  it('does not ask for a response once it has resolved', async () => {
    const alert = resolvedAfter(throttledAlert({ deployment: 'late', startsAt: estate.clock.now() - 40 * MINUTE }), 30);
    await raise(estate, alert);
    const { words } = await get(`/alerts/${alert.fingerprint}`);
    expect(words).toContain('Resolved: the response was');
    expect(words).not.toContain('overdue');
  });

  it('links the resource in the portal', async () => {
    const alert = await openAlert();
    expect((await get(`/alerts/${alert.fingerprint}`)).body).toContain(
      `href="https://portal.azure.com/#resource${alert.target}"`,
    );
  });
});

describe('the page of a rule', () => {
  it('tells its condition, its evaluations with reasons, its response and where it is written', async () => {
    const { words } = await get('/rules/AzureOpenAIThrottled');
    expect(words).toContain('is &gt; 10% for 3 min');
    expect(words).toMatch(/Sat 21 Nov 07:39 to 07:59 judged 1 window judged, 1 breach/);
    expect(words).toContain('rules/azure-openai.yaml:12');
    expect((await get('/rules/CallsToMissingDeployment')).body).toContain('<pre>AzureDiagnostics');
  });

  it('is found under any name that a rule file allows', async () => {
    const id = 'Über 100% / "quoted"';
    estate = { ...estate, rules: [throttledRule({ id })] };
    expect((await get(`/rules/${encodeURIComponent(id)}`)).status).toBe(200);
    expect((await get('/rules')).body).toContain(`href="/rules/${encodeURIComponent(id)}"`);
  });
});

describe('a digest', () => {
  it.each([
    ['', 'text/html; charset=utf-8', /^<!doctype html>/],
    ['?form=text', 'text/plain; charset=utf-8', /^2 rules fired/],
    ['?form=json', 'application/json; charset=utf-8', /^\{\n {2}"schemaVersion": 1/],
  ])('is served as it was published%s', async (query, type, begin) => {
    const { status, headers, body } = await get(`/digests/daily-2026-11-20T0800Z${query}`);
    expect([status, headers['content-type']]).toEqual([200, type]);
    expect(body).toMatch(begin);
  });

  it('has no other forms', async () => expect((await get('/digests/daily-2026-11-20T0800Z?form=pdf')).status).toBe(400));
});

describe('what is not there', () => {
  const missing = [
    '/nothing',
    '/alerts/unknown',
    '/rules/Unknown',
    '/digests/none',
    '/digests/..%2Fsecret',
    '/alerts/a/b',
    '/rules/%E0%A4',
    '/constructor',
  ];

  it.each(missing)('%s is a page for people', async (address) => {
    const { status, headers, words } = await get(address);
    expect([status, headers['content-type']]).toEqual([404, 'text/html; charset=utf-8']);
    expect(words).toContain('Not found');
  });

  it.each(['/nothing', '/api/nothing'])('%s is problem details for programs', async (address) => {
    const { status, headers, body } = await get(address, 'application/json');
    expect([status, headers['content-type']]).toEqual([404, 'application/problem+json; charset=utf-8']);
    expect(JSON.parse(body)).toMatchObject({ type: 'about:blank', title: 'not found', status: 404, code: 'TCN-H001' });
  });

  it('is told from what cannot be read now', async () => {
    estate.alerts.failNext('get', new TocsinError('TCN-S001', 'the table answered 503'));
    const { status, words } = await get('/alerts/abc');
    expect(status).toBe(503);
    expect(words).toContain('the table answered 503');
  });
});

describe('/api/status', () => {
  const status = async () => JSON.parse((await get('/api/status', '*/*')).body) as StatusJson;

  it('is the first page for programs', async () => {
    const json = await status();
    expect(json).toMatchObject({
      schemaVersion: 1,
      now: '2026-11-21T08:04:00Z',
      status: 'degraded',
      tick: { ok: true, ageSeconds: 20 },
      findings: { report: 2, blind: 1, 'delivery failed': 1 },
      notifications: { sent: 12, failed: 1, retried: 16, pending: 1 },
      forwarding: { records: 48210, updatedAt: '2026-11-21T08:03:57Z' },
      errors: [],
    });
    expect(json.alerts.open?.[0]).toMatchObject({
      rule: 'AzureOpenAIThrottled',
      severity: 1,
      respondBy: '2026-11-21T07:53:00Z',
      endsAt: null,
    });
    expect(json.alerts.resolved).toHaveLength(3);
    expect(json.rules.find(({ id }) => id === 'BatchJobsStuck')?.lastEvaluation).toMatchObject({
      outcome: 'unknown',
      code: 'TCN-A001',
    });
    expect(json.digests?.[0]).toMatchObject({ id: 'daily-2026-11-20T0800Z', path: '/digests/daily-2026-11-20T0800Z' });
  });

  it('is ok when everything is, and stale when the timer stopped', async () => {
    estate = emptyEstate();
    await estate.ticks.replace({ lastTickAt: estate.clock.now(), planned: 0 }, null);
    expect((await status()).status).toBe('ok');
    estate.clock.advance(DAY);
    expect((await status()).status).toBe('stale');
  });

  it('gives null for what could not be read, and says why', async () => {
    estate.digests.failNext('list', new TocsinError('TCN-S001', 'the blob service answered 500'));
    const json = await status();
    expect(json.digests).toBeNull();
    expect(json.errors).toEqual([{ part: 'digests', code: 'TCN-S001', detail: 'the blob service answered 500' }]);
  });
});

describe('what is not set up', () => {
  const problem = {
    code: 'TCN-R003' as const,
    where: 'rules/mine.yaml:7:5',
    what: 'unknown key `windwo`',
    fix: 'did you mean `window`?',
  };

  it('stands at the top of the first page and of the rules, with place, code and advice, however quiet it is', async () => {
    estate = { ...emptyEstate(), setup: [problem] };
    for (const address of ['/', '/rules']) {
      const { words } = await get(address);
      expect(words).toContain('A problem of setup: Tocsin does less than its files say');
      expect(words).toContain('rules/mine.yaml:7:5: unknown key `windwo` TCN-R003 did you mean `window`?');
    }
    const status = JSON.parse((await get('/api/status')).body) as StatusJson;
    expect(status).toMatchObject({ setup: [problem] });
    expect(status.status).not.toBe('ok');
  });

  it('is said of an installation without rules instead of an empty table', async () => {
    estate = { ...emptyEstate(), rules: [] };
    const { body, words } = await get('/rules');
    expect(words).toContain('There is no rule: nothing is watched.');
    expect(body).not.toContain('<table');
  });

  it('is nothing where all is set up', async () => {
    expect((await get('/')).words).not.toContain('of setup');
  });
});
