import { describe, expect, it } from 'vitest';
import { type AccessSettings, callerOf, mustBe, mustComeFromHere } from '../../src/app/access.ts';
import { visitorOf } from '../../src/app/console-access.ts';

const SECRET = 'a-secret-of-twenty-characters';
const ENTRA: AccessSettings = {
  consoleAccess: 'entra',
  authenticationEnabled: true,
  consoleUrl: 'https://tocsin.test',
  apiKeys: [{ name: 'prometheus', role: 'responder', secret: SECRET }],
  roles: { admin: ['Tocsin.Admin'], responder: ['11111111-2222-3333-4444-555555555555'], reader: [] },
};
const OPEN: AccessSettings = { ...ENTRA, consoleAccess: 'open' };

const call = (headers: Record<string, string>, address = 'https://tocsin.test/api/v2/silences') => ({
  url: new URL(address),
  headers: new Headers(headers),
});
const principal = (claims: readonly { readonly typ: string; readonly val: string }[]) => ({
  'x-ms-client-principal-id': 'someone',
  'x-ms-client-principal-name': 'kim@contoso.example',
  'x-ms-client-principal': Buffer.from(JSON.stringify({ auth_typ: 'aad', role_typ: 'roles', claims })).toString('base64'),
});

describe('who is calling', () => {
  it('is anybody only where that was chosen', () => {
    expect(callerOf(call({}), OPEN)).toMatchObject({ via: 'open access', role: 'admin' });
    expect(callerOf(call({}), ENTRA)).toBeNull();
  });

  it('is whoever brings a key, wherever a client can put it', () => {
    const places = [
      call({ 'x-functions-key': SECRET }),
      call({}, `https://tocsin.test/api/v2/alerts?code=${SECRET}`),
      call({ authorization: `Bearer ${SECRET}` }),
      call({ authorization: `Basic ${Buffer.from(`anyone:${SECRET}`).toString('base64')}` }),
    ];
    for (const each of places) expect(callerOf(each, ENTRA)).toEqual({ name: 'prometheus', via: 'api key', role: 'responder' });
    expect(callerOf(call({ 'x-functions-key': `${SECRET}x` }), ENTRA)).toBeNull();
  });

  it('is a person only behind App Service authentication', () => {
    expect(callerOf(call(principal([])), ENTRA)).toEqual({ name: 'kim@contoso.example', via: 'sign-in', role: 'reader' });
    expect(callerOf(call(principal([])), { ...ENTRA, authenticationEnabled: false })).toBeNull();
  });

  it('may do what the best of the groups and app roles allows', () => {
    const role = (typ: string, val: string) => callerOf(call(principal([{ typ, val }])), ENTRA)?.role;
    expect(role('groups', '11111111-2222-3333-4444-555555555555')).toBe('responder');
    expect(role('roles', 'tocsin.admin')).toBe('admin');
    expect(role('name', 'Tocsin.Admin')).toBe('reader');
    const both = [
      { typ: 'groups', val: '11111111-2222-3333-4444-555555555555' },
      { typ: 'roles', val: 'Tocsin.Admin' },
    ];
    expect(callerOf(call(principal(both)), ENTRA)?.role).toBe('admin');
  });

  it('is nobody among named readers without one of their roles, or with a principal that cannot be read', () => {
    const named = { ...ENTRA, roles: { ...ENTRA.roles, reader: ['Tocsin.Reader'] } };
    expect(callerOf(call(principal([])), named)).toBeNull();
    expect(callerOf(call({ ...principal([]), 'x-ms-client-principal': '%%%' }), named)).toBeNull();
    expect(visitorOf(call(principal([])), named).refusal?.status).toBe(403);
    expect(visitorOf(call({}), OPEN).refusal).toBeNull();
  });
});

describe('what somebody may do', () => {
  it('is refused with what is missing', () => {
    expect(() => mustBe(null, 'reader')).toThrow('TCN-H015');
    expect(() => mustBe({ name: 'kim', via: 'sign-in', role: 'reader' }, 'responder')).toThrow('TCN-H002');
    expect(mustBe({ name: 'kim', via: 'sign-in', role: 'admin' }, 'responder').name).toBe('kim');
  });

  it('is not done for another site that a browser speaks for', () => {
    const person = { name: 'kim', via: 'sign-in', role: 'responder' } as const;
    const key = { name: 'prometheus', via: 'api key', role: 'responder' } as const;
    const from = (headers: Record<string, string>, actor: typeof person | typeof key = person) =>
      mustComeFromHere(actor, call(headers), ENTRA.consoleUrl);
    expect(() => from({ origin: 'https://evil.test' })).toThrow('TCN-H013');
    expect(() => from({ origin: 'null' })).toThrow('TCN-H013');
    expect(() => from({ 'sec-fetch-site': 'same-site' })).toThrow('TCN-H013');
    from({ origin: 'https://tocsin.test', 'sec-fetch-site': 'same-origin' });
    from({});
    from({ origin: 'https://evil.test' }, key);
  });
});
