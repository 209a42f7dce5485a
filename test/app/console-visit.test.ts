import { Readable } from 'node:stream';
import { beforeEach, describe, expect, it } from 'vitest';
import type { AccessSettings } from '../../src/app/access.ts';
import { answerConsole } from '../../src/app/console-visit.ts';
import { formToken, signGrant } from '../../src/app/signed-link.ts';
import { DAY, HOUR } from '../../src/model/duration.ts';
import { OPEN_ACCESS, visitDeps } from '../support/console-server.ts';
import { throttledAlert } from '../support/fixtures/alerts.ts';
import { busyEstate, type Estate } from '../support/fixtures/estate.ts';
import { sampleSilence } from '../support/samples.ts';

const SECRET = 'the signing secret';
const ENTRA: AccessSettings = { ...OPEN_ACCESS, consoleAccess: 'entra', authenticationEnabled: true };
const { fingerprint } = throttledAlert();

let estate: Estate;
let startsAt: number;
beforeEach(async () => {
  estate = await busyEstate();
  startsAt = (await stored())?.startsAt ?? 0;
});

const person = (role: string) => ({
  'x-ms-client-principal-id': 'id',
  'x-ms-client-principal-name': 'kim',
  'x-ms-client-principal': Buffer.from(JSON.stringify({ claims: [{ typ: 'roles', val: role }] })).toString('base64'),
});
const RESPONDER = person('Tocsin.Responder');

async function visit(path: string, headers: Record<string, string> = RESPONDER, form?: Record<string, string>, access = ENTRA) {
  const type = form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' };
  const body = form === undefined ? null : Readable.from([Buffer.from(new URLSearchParams(form).toString())]);
  const call = {
    method: form === undefined ? 'GET' : 'POST',
    url: new URL(path, 'https://tocsin.test'),
    headers: new Headers({ ...type, ...headers }),
    body,
  };
  return answerConsole(call, visitDeps(estate, access));
}

const token = (name = 'sign-in kim') => formToken(name, SECRET, estate.clock.now());
const stored = () => estate.alerts.get(fingerprint);

describe('who is not signed in', () => {
  it('is sent to sign in by a browser, and comes back to the page', async () => {
    const reply = await visit(`/alerts/${fingerprint}?x=1`, { accept: 'text/html,*/*' });
    expect(reply).toMatchObject({
      status: 302,
      headers: { location: `/.auth/login/aad?post_login_redirect_uri=${encodeURIComponent(`/alerts/${fingerprint}?x=1`)}` },
    });
    expect((await visit('//evil.example/alerts/x', { accept: 'text/html' })).headers.location).toMatch(/redirect_uri=%2F[^%]/);
  });

  it('is refused as a program, and where App Service authentication is off', async () => {
    expect((await visit(`/alerts/${fingerprint}`, { accept: 'application/json' })).status).toBe(403);
    const off = { ...ENTRA, authenticationEnabled: false };
    expect((await visit(`/alerts/${fingerprint}`, { accept: 'text/html' }, undefined, off)).status).toBe(403);
  });

  it('and has a signed link is let in by that', async () => {
    const now = estate.clock.now();
    const ack = signGrant({ fingerprint, startsAt, receiver: 'chat', expiresAt: now + HOUR }, SECRET);
    const path = `/alerts/${fingerprint}?ack=${encodeURIComponent(ack)}`;
    expect((await visit(path, { accept: 'text/html' })).status).toBe(200);
  });
});

describe('a responder', () => {
  it('acknowledges an alert by its form and takes it back, and the page says who takes care of it', async () => {
    const page = await visit(`/alerts/${fingerprint}`);
    expect(page.body).toContain('I take care of it');
    expect(page.body).toContain(token());
    const form = { token: token(), startsAt: String(startsAt), comment: 'raising the capacity', for: '2h' };
    expect(await visit(`/alerts/${fingerprint}/ack`, RESPONDER, form)).toMatchObject({
      status: 303,
      headers: { location: `/alerts/${fingerprint}#ack` },
    });
    const now = estate.clock.now();
    expect((await stored())?.acknowledgement).toMatchObject({
      by: 'kim',
      comment: 'raising the capacity',
      until: now + 2 * HOUR,
    });
    const after = await visit(`/alerts/${fingerprint}`);
    expect(after.body).toContain('<strong>kim</strong> takes care of it');
    expect((await visit('/')).body).toContain('kim takes care of it');
    expect((await visit(`/alerts/${fingerprint}/withdraw`, RESPONDER, { token: token() })).status).toBe(303);
    expect((await stored())?.acknowledgement).toBeUndefined();
  });

  it('is told that there is nothing at a path that is not percent-encoded as it must be', async () => {
    const { status, body } = await visit('/alerts/%zz/ack', RESPONDER, { token: token(), startsAt: String(startsAt) });
    expect(status).toBe(404);
    expect(body).toContain('TCN-H001');
  });

  it('silences and ends silences', async () => {
    const form = {
      token: token(),
      matchers: 'alertname="AzureOpenAIThrottled"\r\nModelDeploymentName=~"batch-.*"',
      resources: '',
      for: '4h',
      comment: 'load test',
      back: `/alerts/${fingerprint}`,
    };
    expect(await visit('/silences', RESPONDER, form)).toMatchObject({
      status: 303,
      headers: { location: `/alerts/${fingerprint}` },
    });
    const [silence] = await estate.silenceStore.all();
    expect(silence).toMatchObject({ author: 'kim', comment: 'load test', matchers: [[{ op: '=' }, { op: '=~' }]] });
    expect((await visit('/silences')).body).toContain('load test');
    expect((await visit(`/silences/${silence?.id}/expire`, RESPONDER, { token: token() })).status).toBe(303);
    expect((await estate.silenceStore.all())[0]?.endsAt).toBe(estate.clock.now());
  });

  it('makes a maintenance window', async () => {
    const form = {
      token: token(),
      resources: '/subscriptions/s1/resourceGroups/rg',
      for: '30d',
      comment: 'patching',
      cron: '0 2 * * 0',
      zone: 'Europe/Stockholm',
      lasts: '4h',
    };
    expect((await visit('/silences', RESPONDER, form)).status).toBe(303);
    expect((await estate.silenceStore.all())[0]).toMatchObject({
      matchers: [],
      recurrence: { cron: '0 2 * * 0', zone: 'Europe/Stockholm', duration: 4 * HOUR },
    });
  });

  it('is told what is wrong with a form, in words', async () => {
    const base = { token: token(), for: '2h', comment: 'why' };
    const wrong: readonly [Record<string, string>, number, string][] = [
      [{ ...base, matchers: 'alertname' }, 400, 'expected name='],
      [{ ...base, matchers: '' }, 400, 'neither matchers nor resources'],
      [{ ...base, matchers: 'a="b"', for: 'long' }, 400, 'not a duration'],
      [{ ...base, matchers: 'a="b"', comment: ' ' }, 400, 'no comment'],
      [{ ...base, matchers: 'a="b"', comment: 'x'.repeat(20_000) }, 413, '16 KiB'],
    ];
    for (const [form, status, words] of wrong) {
      const reply = await visit('/silences', RESPONDER, form);
      expect([reply.status, reply.body.includes(words)]).toEqual([status, true]);
    }
    expect((await visit('/silences/unknown/expire', RESPONDER, { token: token() })).status).toBe(404);
    expect(await estate.silenceStore.all()).toEqual([]);
  });

  it('does not follow a form to another site', async () => {
    for (const back of ['https://evil.test/', '//evil.test', '/\\evil.test']) {
      const reply = await visit('/silences', RESPONDER, { token: token(), matchers: 'a="b"', for: '1h', comment: 'c', back });
      expect(reply.headers.location).toBe('/silences');
    }
  });
});

describe('what is not done', () => {
  const form = () => ({ token: token(), startsAt: String(startsAt), comment: '' });
  const path = `/alerts/${fingerprint}/ack`;

  it.each([
    ['without the form’s token', RESPONDER, { startsAt: '0' }, 403],
    ['with the token of another', RESPONDER, { token: formToken('sign-in mallory', SECRET, Date.now()) }, 403],
    ['for a reader', person('Tocsin.Reader'), {}, 403],
    ['for nobody', {}, {}, 403],
    ['from another site', { ...RESPONDER, origin: 'https://evil.test' }, {}, 403],
    ['from a frame of another site', { ...RESPONDER, 'sec-fetch-site': 'cross-site' }, {}, 403],
  ] as const)('%s', async (_name, headers, change, status) => {
    const fields = 'token' in change || 'startsAt' in change ? change : form();
    expect((await visit(path, { ...headers }, { ...fields })).status).toBe(status);
    expect((await stored())?.acknowledgement).toBeUndefined();
  });

  it('is offered to nobody who may not do it', async () => {
    for (const page of [`/alerts/${fingerprint}`, '/silences']) {
      expect((await visit(page, person('Tocsin.Reader'))).body).not.toContain('<form');
    }
  });
});

describe('a signed link', () => {
  const link = (fields = {}) =>
    signGrant({ fingerprint, startsAt, receiver: 'on-call', expiresAt: estate.clock.now() + DAY, ...fields }, SECRET);

  it('shows its alert to whoever has it, and lets them acknowledge that and nothing else', async () => {
    const page = await visit(`/alerts/${fingerprint}?ack=${link()}`, {});
    expect(page.status).toBe(200);
    expect(page.body).toContain('I take care of it');
    expect(page.body).not.toContain('action="/silences"');
    expect((await stored())?.acknowledgement).toBeUndefined();
    const fields = { token: token('signed link the link for on-call'), ack: link(), startsAt: String(startsAt) };
    expect((await visit('/silences', {}, { ...fields, matchers: 'a="b"', for: '1h', comment: 'c' })).status).toBe(403);
    expect((await visit(`/alerts/${fingerprint}/withdraw`, {}, fields)).status).toBe(403);
    expect((await visit(`/alerts/${fingerprint}/ack`, {}, fields)).status).toBe(303);
    expect((await stored())?.acknowledgement).toMatchObject({ by: 'the link for on-call' });
    const [line] = await estate.audit.during({ start: 0, end: Number.MAX_SAFE_INTEGER });
    expect(line).toMatchObject({ who: { name: 'the link for on-call', via: 'signed link' }, action: 'alert acknowledged' });
  });

  it('is void when it expired, was made for another alert or was changed', async () => {
    for (const bad of [link({ expiresAt: estate.clock.now() }), link({ fingerprint: 'other' }), `${link()}x`]) {
      expect((await visit(`/alerts/${fingerprint}?ack=${bad}`, {})).status).toBe(403);
    }
    expect((await visit(`/?ack=${link()}`, {})).status).toBe(403);
  });
});

describe('the audit trail', () => {
  it('is on a page for admins, with before and after', async () => {
    await visit(`/alerts/${fingerprint}/ack`, RESPONDER, { token: token(), startsAt: String(startsAt), comment: 'on it' });
    const admin = person('Tocsin.Admin');
    const page = await visit('/audit', admin);
    expect(page.status).toBe(200);
    for (const words of ['alert acknowledged', 'kim', 'on it', fingerprint]) expect(page.body).toContain(words);
    expect((await visit('/audit', RESPONDER)).status).toBe(403);
    expect((await visit('/silences', admin)).body).toContain('href="/audit"');
    expect((await visit('/silences', RESPONDER)).body).not.toContain('href="/audit"');
  });
});

it('pages come without forms where the secret of forms cannot be read', async () => {
  await estate.silenceStore.replace(sampleSilence('s'), null);
  const deps = { ...visitDeps(estate, ENTRA), secret: { get: () => Promise.reject(new Error('storage is down')) } };
  const call = { method: 'GET', url: new URL('https://tocsin.test/silences'), headers: new Headers(RESPONDER), body: null };
  const page = await answerConsole(call, deps);
  expect([page.status, page.body.includes('<form')]).toEqual([200, false]);
});
