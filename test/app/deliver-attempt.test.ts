import { describe, expect, it } from 'vitest';
import { attempt } from '../../src/app/deliver/attempt.ts';
import { TocsinError } from '../../src/model/errors.ts';
import { bodyFor } from '../../src/notify/receivers.ts';
import type { HttpRequest } from '../../src/ports.ts';
import { FIRING, NOW, receiverOf } from '../notify/contents.ts';
import { FakeClock } from '../support/memory/index.ts';

const keyless = receiverOf('communicationServices', { from: 't@a.test', to: ['o@a.test'] });

function outlets(token?: (scope: string) => Promise<string>) {
  const requests: HttpRequest[] = [];
  const http = {
    send: async (request: HttpRequest) => {
      requests.push(request);
      return { status: 202, headers: {}, body: '' };
    },
  };
  const tokens = token === undefined ? {} : { tokens: { token } };
  return { requests, http, mail: { send: async () => {} }, clock: new FakeClock(NOW), ...tokens };
}

const tried = (deps: ReturnType<typeof outlets>, receiver = keyless) =>
  attempt(receiver, 'msg_1', bodyFor(receiver, FIRING, 'msg_1', NOW), deps);

describe('a try at a service of Azure without a key', () => {
  it('carries a token of the identity', async () => {
    const deps = outlets(async (scope) => `token for ${scope}`);
    expect(await tried(deps)).toEqual({ kind: 'delivered' });
    expect(deps.requests[0]?.headers.authorization).toBe('Bearer token for https://communication.azure.com/.default');
  });

  it('is made again where the identity has none now, and not where there is no identity', async () => {
    const failing = outlets(() => Promise.reject(new Error('IMDS')));
    expect(await tried(failing)).toMatchObject({ kind: 'try again' });
    const refused = outlets(() => Promise.reject(new TocsinError('TCN-A003', 'no token')));
    expect(await tried(refused)).toMatchObject({ kind: 'give up', code: 'TCN-A003' });
    const none = outlets();
    expect(await tried(none)).toMatchObject({ kind: 'give up', code: 'TCN-A003' });
    expect([...failing.requests, ...refused.requests, ...none.requests]).toEqual([]);
  });

  it('asks for no token where there is a key', async () => {
    const deps = outlets(() => Promise.reject(new Error('asked')));
    expect(await tried(deps, { ...keyless, secret: 'a2V5' })).toEqual({ kind: 'delivered' });
  });
});
