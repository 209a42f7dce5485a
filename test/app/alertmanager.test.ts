import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { answerAck } from '../../src/app/alerts-api.ts';
import { alertOf, TARGET } from '../alerts/make.ts';
import { sampleSilence } from '../support/samples.ts';
import { ApiWorld, ENTRA, SECRET } from './alertmanager-world.ts';
import { HOUR, MINUTE, START, World } from './deliver-world.ts';

const iso = (time: number) => new Date(time).toISOString();
const chat = alertOf('chat', { startsAt: START });
const embeddings = alertOf('embeddings', { startsAt: START });

const silenceOf = (fields: object = {}) => ({
  matchers: [{ name: 'ModelDeploymentName', value: 'chat', isRegex: false, isEqual: true }],
  startsAt: iso(START),
  endsAt: iso(START + 20 * MINUTE),
  createdBy: 'kim',
  comment: 'load test',
  ...fields,
});

const disk = (fields: object = {}) => ({
  labels: { alertname: 'DiskFull', instance: 'db-1', severity: 'critical', team: 'storage' },
  annotations: { summary: 'disk is full', description: 'Delete old backups.', runbook_url: 'https://runbooks.example/disk' },
  generatorURL: 'https://prometheus.example/graph',
  ...fields,
});

describe('silences over the API', () => {
  it('keep alerts from being sent, are listed, and when one is expired what still fires is sent', async () => {
    const api = new ApiWorld();
    const created = await api.ask('POST', 'silences', silenceOf());
    expect(created).toMatchObject({ status: 200, json: { silenceID: expect.stringMatching(/^[0-9a-f-]{36}$/) } });
    const id = created.json.silenceID as string;
    await api.world.fire(chat);
    await api.run(6 * MINUTE);
    expect(api.world.posts).toEqual([]);
    expect((await api.ask('GET', 'silences')).json).toEqual([
      { id, status: { state: 'active' }, updatedAt: iso(START), ...silenceOf() },
    ]);
    expect((await api.ask('GET', `silence/${id}`)).json).toMatchObject({ id, createdBy: 'kim' });
    expect((await api.ask('GET', 'alerts')).json[0].status).toEqual({
      state: 'suppressed',
      silencedBy: [id],
      inhibitedBy: [],
      mutedBy: [],
    });
    expect(await api.ask('DELETE', `silence/${id}`)).toMatchObject({ status: 200, body: '' });
    await api.run(6 * MINUTE);
    expect(api.world.told('on-call').map(({ reason }) => reason)).toEqual(['released']);
    expect((await api.ask('GET', 'silences')).json[0].status.state).toBe('expired');
  });

  it('take resources, recurrence and sets of matchers as well, and give them back', async () => {
    const api = new ApiWorld();
    const recurrence = { cron: '0 2 * * 0', zone: 'Europe/Stockholm', duration: '4h' };
    const wanted = { resources: [TARGET], recurrence, createdBy: 'kim', comment: 'patching', endsAt: iso(START + 24 * HOUR) };
    const { json } = await api.ask('POST', 'silences', wanted);
    const { json: kept } = await api.ask('GET', `silence/${json.silenceID}`);
    expect(kept).toMatchObject({ resources: [TARGET], recurrence, status: { state: 'pending' } });
    expect(kept.matchers).toEqual([
      { name: 'target', isRegex: true, isEqual: true, value: expect.stringContaining('aoai-prod') },
    ]);
    const again = await api.ask('POST', 'silences', { ...kept, comment: 'patching, longer' });
    expect(again.json.silenceID).toBe(json.silenceID);
    expect((await api.world.silences.read(json.silenceID)).value).toMatchObject({ matchers: [], comment: 'patching, longer' });
  });

  it('are found by what they name', async () => {
    const api = new ApiWorld();
    await api.ask('POST', 'silences', silenceOf());
    const found = async (filter: string) => (await api.ask('GET', `silences?filter=${encodeURIComponent(filter)}`)).json.length;
    expect([await found('ModelDeploymentName=chat'), await found('ModelDeploymentName=other')]).toEqual([1, 0]);
  });

  it('of tocsin.yaml are listed beside the others, and refuse to be expired', async () => {
    const declared = sampleSilence('00000000-0000-8000-8000-000000000000', { declared: true });
    const api = new ApiWorld(new World([{ name: 'on-call' }]), ENTRA, [declared]);
    expect((await api.ask('GET', 'silences')).json[0]).toMatchObject({ id: declared.id, declared: true });
    expect(await api.ask('DELETE', `silence/${declared.id}`)).toMatchObject({ status: 409, json: { code: 'TCN-H011' } });
  });

  it.each([
    ['GET', 'silence/00000000-0000-0000-0000-000000000000', undefined, 404],
    ['DELETE', 'silence/00000000-0000-0000-0000-000000000000', undefined, 404],
    ['POST', 'silences', silenceOf({ matchers: [] }), 400],
    ['POST', 'silences', silenceOf({ endsAt: 'tomorrow' }), 400],
    ['POST', 'silences', silenceOf({ matchers: [{ name: 'a' }] }), 400],
    ['POST', 'silences', 'not json', 400],
    ['POST', 'silences', silenceOf({ comment: 'x'.repeat(70_000) }), 413],
    ['GET', 'silences?filter=%7B', undefined, 400],
    ['PUT', 'silences', undefined, 405],
    ['GET', 'nothing', undefined, 404],
  ])('%s %s that cannot be done is said as problem details', async (method, path, body, status) => {
    const api = new ApiWorld();
    const reply = await api.ask(method, path, body);
    expect(reply.status).toBe(status);
    expect(reply.headers['content-type']).toBe('application/problem+json');
    expect(reply.json).toMatchObject({ status, code: expect.stringMatching(/^TCN-H/), fix: expect.any(String) });
    expect(await api.world.silences.all()).toEqual([]);
  });
});

describe('alerts over the API', () => {
  it('are those that fire, in the form of Alertmanager, filtered by matchers, state and receiver', async () => {
    const api = new ApiWorld();
    await api.ask('POST', 'silences', silenceOf());
    await api.world.fire(chat);
    await api.world.fire(embeddings);
    await api.world.run(MINUTE);
    const names = async (query: string) => {
      const { json } = await api.ask('GET', `alerts?${query}`);
      return (json as { labels: Record<string, string> }[]).map(({ labels }) => labels.ModelDeploymentName).sort();
    };
    expect(await names('')).toEqual(['chat', 'embeddings']);
    expect(await names('filter=ModelDeploymentName%3D~%22emb.*%22&filter=severity%3Derror')).toEqual(['embeddings']);
    expect(await names('silenced=false')).toEqual(['embeddings']);
    expect(await names('active=false')).toEqual(['chat']);
    expect(await names('receiver=on-.*')).toEqual(['chat', 'embeddings']);
    expect(await names('receiver=on')).toEqual([]);
    const { json } = await api.ask('GET', 'alerts?silenced=false');
    expect(json).toMatchObject([
      {
        fingerprint: embeddings.fingerprint,
        startsAt: iso(START),
        receivers: [{ name: 'on-call' }],
        status: { state: 'active' },
        labels: { alertname: 'AzureOpenAIThrottled', severity: 'error', resource: 'aoai-prod' },
        annotations: { description: 'Shift traffic or raise capacity for embeddings.' },
        generatorURL: `https://tocsin.test/alerts/${embeddings.fingerprint}`,
      },
    ]);
  });

  it('come in their groups, once for each receiver', async () => {
    const api = new ApiWorld(new World([{ name: 'on-call' }, { name: 'audit' }]));
    await api.world.fire(chat);
    await api.world.fire(embeddings);
    await api.world.run(MINUTE);
    const { json } = await api.ask('GET', 'alerts/groups');
    expect(json).toMatchObject([
      { receiver: { name: 'audit' }, labels: { alertname: 'AzureOpenAIThrottled', target: TARGET }, alerts: [{}, {}] },
      { receiver: { name: 'on-call' }, alerts: [{}, {}] },
    ]);
  });

  it('that another system pushes are told, last while they are pushed, and end five minutes after the last time', async () => {
    const api = new ApiWorld();
    expect((await api.ask('POST', 'alerts', [disk()])).status).toBe(200);
    await api.run(2 * MINUTE);
    const [told] = api.world.told('on-call');
    expect(told?.alerts[0]).toMatchObject({
      status: 'firing',
      labels: { alertname: 'DiskFull', instance: 'db-1', severity: 'critical', target: 'db-1' },
      severity: 0,
      response: { owner: 'storage', action: 'Delete old backups.', runbook: 'https://runbooks.example/disk' },
    });
    expect((await api.ask('GET', 'alerts')).json[0].generatorURL).toBe('https://prometheus.example/graph');
    for (let minute = 0; minute < 10; minute++) {
      await api.ask('POST', 'alerts', [disk()]);
      await api.run(MINUTE);
    }
    expect(api.world.posts).toHaveLength(1);
    await api.run(12 * MINUTE);
    expect(api.world.told('on-call').map(({ status }) => status)).toEqual(['firing', 'resolved']);
    expect(api.world.told('on-call')[1]?.alerts[0]?.endsAt).toBe(iso(START + 11 * MINUTE + 5 * MINUTE));
  });

  it('end when they say so, and not at the timeout while they say a later end', async () => {
    const api = new ApiWorld();
    await api.ask('POST', 'alerts', [disk({ startsAt: iso(START), endsAt: iso(START + HOUR) })]);
    await api.run(30 * MINUTE);
    expect(api.world.told('on-call').map(({ status }) => status)).toEqual(['firing']);
    const ended = iso(api.world.clock.now() - 1);
    await api.ask('POST', 'alerts', [disk({ startsAt: iso(START), endsAt: ended })]);
    await api.run(6 * MINUTE);
    expect(api.world.told('on-call').map(({ status }) => status)).toEqual(['firing', 'resolved']);
    await api.ask('POST', 'alerts', [disk({ startsAt: iso(START), endsAt: ended })]);
    await api.run(6 * MINUTE);
    expect(api.world.posts).toHaveLength(2);
  });

  it('that end and come again are another episode', async () => {
    const api = new ApiWorld();
    await api.ask('POST', 'alerts', [disk()]);
    await api.run(20 * MINUTE);
    await api.ask('POST', 'alerts', [disk()]);
    await api.run(4 * MINUTE);
    expect(api.world.told('on-call').map(({ status }) => status)).toEqual(['firing', 'resolved', 'firing']);
  });

  it('that were pushed obey silences like any', async () => {
    const api = new ApiWorld();
    await api.ask(
      'POST',
      'silences',
      silenceOf({ matchers: [{ name: 'instance', value: 'db-.*', isRegex: true, isEqual: true }] }),
    );
    await api.ask('POST', 'alerts', [disk({ endsAt: iso(START + HOUR) })]);
    await api.run(10 * MINUTE);
    expect(api.world.posts).toEqual([]);
    await api.run(20 * MINUTE);
    expect(api.world.told('on-call').map(({ reason }) => reason)).toEqual(['released']);
  });

  it('that are wrong are refused one by one: the others are taken', async () => {
    const api = new ApiWorld();
    const reply = await api.ask('POST', 'alerts', [disk(), { labels: {} }, disk({ labels: { a: 1 } }), 'x']);
    expect(reply).toMatchObject({
      status: 400,
      json: { detail: expect.stringContaining('alert 2: an alert needs at least one label') },
    });
    await api.run(2 * MINUTE);
    expect(api.world.told('on-call')).toHaveLength(1);
    expect((await api.ask('POST', 'alerts', { alerts: [] })).status).toBe(400);
  });

  it('are told although the record of them could not be written, once they are pushed again', async () => {
    const api = new ApiWorld();
    api.pushes.failNext('replace', new Error('storage is down'));
    const startsAt = iso(START);
    expect((await api.ask('POST', 'alerts', [disk({ startsAt })])).status).toBe(500);
    await api.ask('POST', 'alerts', [disk({ startsAt })]);
    await api.run(2 * MINUTE);
    expect(api.world.told('on-call')).toHaveLength(1);
    await api.run(12 * MINUTE);
    expect(api.world.told('on-call').map(({ status }) => status)).toEqual(['firing', 'resolved']);
  });

  it('are merged when the same is pushed twice at once', async () => {
    const api = new ApiWorld();
    const [one, other] = [disk({ startsAt: iso(START), endsAt: iso(START + HOUR) }), disk({ startsAt: iso(START) })];
    await Promise.all([api.ask('POST', 'alerts', [one]), api.ask('POST', 'alerts', [other])]);
    await api.run(30 * MINUTE);
    expect(api.world.told('on-call').map(({ status }) => status)).toEqual(['firing']);
  });
});

describe('what else clients ask', () => {
  it('are receivers and status; the configuration that it shows has names and no addresses', async () => {
    const api = new ApiWorld();
    expect((await api.ask('GET', 'receivers')).json).toEqual([{ name: 'on-call' }]);
    const { json } = await api.ask('GET', 'status');
    expect(json).toMatchObject({ cluster: { status: 'disabled', peers: [] }, uptime: iso(START) });
    expect(JSON.parse(json.config.original)).toMatchObject({ route: { receiver: 'on-call', repeat_interval: '4h' } });
    expect(json.config.original).not.toContain('on-call.test');
  });
});

describe('access to the API', () => {
  it('takes a key or a sign-in, and a role that suffices', async () => {
    const api = new ApiWorld();
    const reader = { 'x-functions-key': `${SECRET}-reader` };
    expect((await api.ask('GET', 'silences', undefined, {})).status).toBe(401);
    expect((await api.ask('GET', 'silences', undefined, reader)).status).toBe(200);
    expect((await api.ask('POST', 'silences', silenceOf(), reader)).status).toBe(403);
    expect((await api.ask('POST', 'alerts', [disk()], reader)).status).toBe(403);
    expect((await api.ask('POST', 'silences', silenceOf(), {})).status).toBe(401);
    expect(await api.audit.during({ start: 0, end: START + HOUR })).toEqual([]);
  });

  it('writes down who did what', async () => {
    const api = new ApiWorld();
    await api.ask('POST', 'silences', silenceOf());
    await api.ask('POST', 'alerts', [disk()]);
    await api.ask('POST', 'alerts', [disk()]);
    const trail = await api.audit.during({ start: 0, end: START + HOUR });
    expect(trail.map(({ who, action }) => `${who.name} (${who.via}): ${action}`).sort()).toEqual([
      'prometheus (api key): alerts pushed',
      'prometheus (api key): silence created',
    ]);
    expect(JSON.stringify(trail)).not.toContain(SECRET);
  });

  it('is not lent to another site by somebody’s browser', async () => {
    const api = new ApiWorld(undefined, { ...ENTRA, consoleAccess: 'open' });
    const foreign = { origin: 'https://evil.test', 'content-type': 'application/json' };
    expect((await api.ask('POST', 'silences', silenceOf(), foreign)).status).toBe(403);
    expect((await api.ask('POST', 'silences', silenceOf(), { 'content-type': 'text/plain' })).status).toBe(400);
    expect((await api.ask('POST', 'silences', silenceOf(), {})).status).toBe(200);
  });

  it('is slowed down above the rate', async () => {
    const api = new ApiWorld();
    for (let count = 0; count < 100; count++) await api.ask('GET', 'receivers');
    const reply = await api.ask('GET', 'receivers');
    expect([reply.status, reply.headers['retry-after']]).toEqual([429, '1']);
  });
});

describe('acknowledging over the API', () => {
  const ack = async (
    api: ApiWorld,
    method: string,
    fingerprint: string,
    body?: unknown,
    headers = { 'x-functions-key': SECRET },
  ) => {
    const text = JSON.stringify(body);
    const reply = await answerAck(
      fingerprint,
      {
        method,
        url: new URL(`https://tocsin.test/api/alerts/${fingerprint}/ack`),
        headers: new Headers({ 'content-type': 'application/json', ...headers }),
        body: body === undefined ? null : Readable.from([Buffer.from(text)]),
      },
      { ...api.deps, alerts: api.world.alerts },
    );
    return { status: reply.status, json: reply.body === '' ? null : JSON.parse(reply.body) };
  };

  it('takes care of what fires, says so among the alerts, and can be taken back', async () => {
    const api = new ApiWorld();
    await api.world.fire(chat);
    await api.world.run(MINUTE);
    const taken = await ack(api, 'POST', chat.fingerprint, { comment: 'on it', for: '2h', startsAt: iso(START) });
    expect(taken).toMatchObject({
      status: 200,
      json: { by: 'prometheus', comment: 'on it', until: iso(START + MINUTE + 2 * HOUR) },
    });
    expect((await api.ask('GET', 'alerts')).json[0].annotations.acknowledged_by).toBe('prometheus');
    expect(await ack(api, 'DELETE', chat.fingerprint)).toEqual({ status: 204, json: null });
    expect(await ack(api, 'DELETE', chat.fingerprint)).toMatchObject({ status: 400 });
    expect((await ack(api, 'POST', chat.fingerprint)).status).toBe(200);
  });

  it('refuses what is unknown, not understood or not allowed', async () => {
    const api = new ApiWorld();
    await api.world.fire(chat);
    await api.world.run(MINUTE);
    expect(await ack(api, 'POST', 'unknown')).toMatchObject({ status: 404 });
    for (const body of [{ for: 'long' }, { for: 7 }, { comment: 7 }, { startsAt: 'now' }]) {
      expect(await ack(api, 'POST', chat.fingerprint, body)).toMatchObject({ status: 400, json: { code: 'TCN-H003' } });
    }
    expect(await ack(api, 'POST', chat.fingerprint, {}, { 'x-functions-key': 'wrong' })).toMatchObject({ status: 401 });
    expect(await ack(api, 'POST', chat.fingerprint, {}, { 'x-functions-key': `${SECRET}-reader` })).toMatchObject({
      status: 403,
    });
    expect((await api.world.alerts.get(chat.fingerprint))?.acknowledgement).toBeUndefined();
  });
});
