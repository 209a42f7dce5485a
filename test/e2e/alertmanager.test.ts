import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { findAmtool, runAmtool } from '../support/amtool.ts';
import { type ApiHost, startApiHost } from '../support/api-host.ts';

/* Clients of Alertmanager against the functions in the function host, through its routing, with storage behind them. */

const KEY = 'a-secret-of-twenty-characters';
const CONFIG = `version: 1
receivers:
  - name: on-call
    webhook: { url: "https://on-call.invalid/" }
  - name: storage
    webhook: { url: "https://storage.invalid/" }
route:
  receivers: [on-call]
  groupWait: 1h
  routes:
    - matchers: ['team="storage"']
      receivers: [storage]
`;
const MINUTE = 60_000;
const iso = (time: number): string => new Date(time).toISOString();

let host: ApiHost;
beforeAll(async () => {
  host = await startApiHost(CONFIG, { TOCSIN_CONSOLE_ACCESS: 'entra', TOCSIN_API_KEYS: `grafana=${KEY}` });
});
afterAll(() => host?.[Symbol.asyncDispose]());

/** As Grafana's data source proxy sends it: basic authentication with the key as its password, and what came from the browser. */
async function ask(method: string, path: string, body?: unknown) {
  const answer = await fetch(`${host.url}${path}`, {
    method,
    headers: {
      accept: 'application/json, text/plain, */*',
      authorization: `Basic ${Buffer.from(`grafana:${KEY}`).toString('base64')}`,
      'user-agent': 'Grafana/12.1.0',
      'x-grafana-org-id': '1',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  const json = answer.headers.get('content-type')?.includes('json') === true ? (JSON.parse(text) as unknown) : null;
  return { status: answer.status, text, json: json as never };
}

interface AlertJson {
  readonly fingerprint: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly receivers: readonly { readonly name: string }[];
  readonly status: { readonly state: string; readonly silencedBy: readonly string[] };
}
interface GroupJson {
  readonly labels: Readonly<Record<string, string>>;
  readonly receiver: { readonly name: string };
  readonly alerts: readonly AlertJson[];
}

const query = (path: string, params: readonly (readonly [string, string])[]): string =>
  `${path}?${new URLSearchParams(params.map(([name, value]): [string, string] => [name, value]))}`;

async function push(...names: readonly string[]): Promise<void> {
  const alerts = names.map((name) => ({
    labels: { alertname: name, instance: 'db-1', severity: 'critical', team: 'storage' },
    annotations: { summary: `${name} on db-1` },
    startsAt: iso(Date.now() - MINUTE),
    endsAt: iso(Date.now() + 30 * MINUTE),
    generatorURL: 'https://prometheus.example/graph?g0.expr=up',
  }));
  expect((await ask('POST', '/api/v2/alerts', alerts)).status).toBe(200);
  await host.quiesce();
}

/*
 * Grafana's Alertmanager data source with `implementation: prometheus`, as of 12.x: what its test button, its notification policies, its
 * groups and its silences ask (public/app/plugins/datasource/alertmanager, features/alerting/unified/api).
 */
describe("Grafana's Alertmanager data source", () => {
  it('finds an Alertmanager of Prometheus, and none of Mimir or Cortex', async () => {
    expect((await ask('GET', '/api/v1/status/buildinfo')).status).toBe(404);
    expect((await ask('GET', '/alertmanager/api/v2/status')).status).toBe(404);
    const status = await ask('GET', '/api/v2/status');
    expect(status).toMatchObject({
      status: 200,
      json: {
        cluster: { status: 'disabled', peers: [] },
        config: { original: expect.any(String) },
        uptime: expect.stringMatching(/Z$/),
        versionInfo: { version: expect.any(String), branch: '', buildDate: expect.any(String), goVersion: '', revision: '' },
      },
    });
  });

  it('reads routes and receivers from the configuration in the status', async () => {
    const { json } = await ask('GET', '/api/v2/status');
    const config = parse((json as { config: { original: string } }).config.original) as Record<string, never>;
    expect(config).toMatchObject({
      route: { receiver: 'on-call', group_wait: '1h', routes: [{ receiver: 'storage', matchers: ['team="storage"'] }] },
      receivers: expect.arrayContaining([{ name: 'on-call' }, { name: 'storage' }]),
    });
    expect((await ask('GET', '/api/v2/receivers')).json).toEqual([{ name: 'on-call' }, { name: 'storage' }]);
  });

  it('shows groups with the filters of its page', async () => {
    await push('DiskFull', 'DiskSlow');
    const groups = async (...params: readonly (readonly [string, string])[]) =>
      (await ask('GET', query('/api/v2/alerts/groups', params))).json as readonly GroupJson[];
    const names = (found: readonly GroupJson[]) => found.flatMap(({ alerts }) => alerts.map(({ labels }) => labels.alertname));
    const all = await groups();
    expect(names(all)).toEqual(['DiskFull', 'DiskSlow']);
    expect(all[0]).toMatchObject({
      receiver: { name: 'storage' },
      labels: { alertname: 'DiskFull' },
      alerts: [
        {
          fingerprint: expect.stringMatching(/^[0-9a-f]+$/),
          annotations: { summary: 'DiskFull on db-1' },
          generatorURL: 'https://prometheus.example/graph?g0.expr=up',
          receivers: [{ name: 'storage' }],
          status: { state: 'active', silencedBy: [], inhibitedBy: [] },
        },
      ],
    });
    expect(names(await groups(['filter', 'alertname="DiskFull"'], ['filter', 'team=~"stor.*"']))).toEqual(['DiskFull']);
    expect(names(await groups(['filter', 'alertname!="DiskFull"'], ['silenced', 'false'], ['inhibited', 'false']))).toEqual([
      'DiskSlow',
    ]);
    expect(names(await groups(['receiver', 'storage']))).toHaveLength(2);
    expect(await groups(['receiver', 'on-call'])).toEqual([]);
    expect(await groups(['active', 'false'])).toEqual([]);
    expect((await ask('GET', query('/api/v2/alerts/groups', [['filter', 'a=~"("']]))).status).toBe(400);
  });

  it('previews what a silence would cover, makes it, shows it, changes it and ends it', async () => {
    await push('DiskFull', 'DiskSlow');
    const listed = async (...params: readonly (readonly [string, string])[]) =>
      (await ask('GET', query('/api/v2/alerts', params))).json as readonly AlertJson[];
    expect(
      await listed(
        ['filter', 'alertname="DiskFull"'],
        ['silenced', 'true'],
        ['active', 'true'],
        ['inhibited', 'true'],
        ['unprocessed', 'true'],
      ),
    ).toHaveLength(1);
    const silence = {
      id: '',
      matchers: [
        { name: 'alertname', value: 'DiskFull', isRegex: false, isEqual: true },
        { name: 'instance', value: 'db-.*', isRegex: true, isEqual: true },
      ],
      startsAt: iso(Date.now()),
      endsAt: iso(Date.now() + 120 * MINUTE),
      createdBy: 'kim',
      comment: 'created 2026-11-21 08:00',
    };
    const made = await ask('POST', '/api/v2/silences', silence);
    const { silenceID: id } = made.json as { readonly silenceID: string };
    expect(made.status).toBe(200);
    const read = await ask('GET', `/api/v2/silence/${id}`);
    expect(read.json).toMatchObject({
      ...silence,
      id,
      startsAt: expect.any(String),
      status: { state: 'active' },
      updatedAt: expect.any(String),
    });
    const silences = (await ask('GET', '/api/v2/silences')).json as readonly {
      readonly id: string;
      readonly status: { readonly state: string };
    }[];
    expect(silences.map((one) => one.id)).toContain(id);
    const [silenced] = await listed(['filter', 'alertname="DiskFull"'], ['active', 'false']);
    expect(silenced?.status).toMatchObject({ state: 'suppressed', silencedBy: [id] });
    const kept = read.json as { readonly startsAt: string };
    const longer = await ask('POST', '/api/v2/silences', {
      ...silence,
      id,
      startsAt: kept.startsAt,
      endsAt: iso(Date.now() + 240 * MINUTE),
    });
    expect(longer.json).toEqual({ silenceID: id });
    expect((await ask('DELETE', `/api/v2/silence/${id}`)).status).toBe(200);
    expect((await ask('GET', `/api/v2/silence/${id}`)).json).toMatchObject({ status: { state: 'expired' } });
    expect((await listed(['filter', 'alertname="DiskFull"']))[0]?.status.state).toBe('active');
  });

  it('is told why it is refused', async () => {
    const answer = await fetch(`${host.url}/api/v2/alerts`);
    expect(answer.status).toBe(401);
    expect((await ask('GET', '/api/v2/silence/00000000-0000-4000-8000-000000000000')).status).toBe(404);
    expect((await ask('POST', '/api/v2/silences', { matchers: [] })).status).toBe(400);
    expect((await ask('GET', '/api/v2/unheard-of')).status).toBe(404);
  });
});

const amtool = findAmtool();
if (amtool === null) console.warn('amtool is not installed: it is not run against the host');

describe.skipIf(amtool === null)('amtool against the function host', () => {
  const run = async (...args: readonly string[]): Promise<string> => {
    const url = host.url.replace('http://', `http://amtool:${KEY}@`);
    const { code, stdout, stderr } = await runAmtool(amtool ?? '', [...args, `--alertmanager.url=${url}`]);
    expect([code, stderr.replace(/^Warning: .*\n/gm, '')]).toEqual([0, '']);
    return stdout;
  };

  it('adds an alert, silences it, lists both, and expires the silence', async () => {
    await run('alert', 'add', 'alertname=QueueFull', 'instance=mq-1', '--annotation=summary=queue is full');
    await host.quiesce();
    expect(await run('alert', 'query', 'alertname=QueueFull')).toContain('queue is full');
    const id = (await run('silence', 'add', 'alertname=QueueFull', '--comment=repair', '--author=kim', '--duration=2h')).trim();
    expect(await run('silence', 'query', '--id', id).catch(() => run('silence', 'query'))).toContain(id);
    expect(await run('alert', 'query', '--active', 'alertname=QueueFull')).not.toContain('queue is full');
    expect(await run('alert', 'query', '--silenced', 'alertname=QueueFull')).toContain('queue is full');
    await run('silence', 'expire', id);
    expect(await run('alert', 'query', '--active', 'alertname=QueueFull')).toContain('queue is full');
    expect(await run('config', 'routes', 'test', 'team=storage')).toContain('storage');
  });
});
