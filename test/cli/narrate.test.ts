import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { narrate } from '../../src/cli/narrate.ts';

function narrated() {
  const out = new PassThrough();
  const narrator = narrate(out);
  return {
    narrator,
    lines: () =>
      String(out.read() ?? '')
        .trimEnd()
        .split('\n'),
  };
}

const blind = (reason: string, shard = 'a') => ({
  level: 'warn',
  message: 'judged',
  fields: { rule: 'Throttled', shard, outcome: 'unknown', code: 'TCN-A003', reason },
});

describe('what a person is told on stderr', () => {
  it('says, once it runs, where to look and how to send diagnostics of one’s own', () => {
    const { narrator, lines } = narrated();
    const service = { rules: 3, functions: 16, consoleUrl: 'http://127.0.0.1:7071', watches: 'quiet-day: nothing' };
    narrator.ready({ ...service, eventHub: 'Endpoint=sb://127.0.0.1:1/;EntityPath=diagnostics' });
    expect(lines().slice(1)).toEqual([
      '  console   http://127.0.0.1:7071/',
      '  watching  quiet-day: nothing',
      '  yours     npx tocsin replay --archive FILE --to "Endpoint=sb://127.0.0.1:1/;EntityPath=diagnostics"',
    ]);
  });

  it('names the trouble, and once what to do about its code', () => {
    const { narrator, lines } = narrated();
    narrator.log(blind('error: HTTP 403'), 'warn', '');
    narrator.log(blind('error: HTTP 401'), 'warn', '');
    expect(lines()).toEqual([
      '  no verdict: Throttled TCN-A003 error: HTTP 403',
      '    TCN-A003 Azure refused the identity: grant the role named in docs/permissions.md',
      '  no verdict: Throttled TCN-A003 error: HTTP 401',
    ]);
  });

  it('says what lasts at its first, tenth and hundredth time', () => {
    const { narrator, lines } = narrated();
    for (let time = 0; time < 250; time++) narrator.log(null, 'error', 'queue cannot be read');
    expect(lines()).toEqual([
      '  error: queue cannot be read',
      '  error: queue cannot be read (10 times)',
      '  error: queue cannot be read (100 times)',
    ]);
  });

  it('says when a rule is judged again, on each shard for itself', () => {
    const { narrator, lines } = narrated();
    const judged = (shard: string) => ({ level: 'info', message: 'judged', fields: { rule: 'Throttled', shard } });
    narrator.log(judged('a'), 'info', '');
    narrator.log(blind('error'), 'warn', '');
    narrator.log(judged('b'), 'info', '');
    narrator.log(judged('a'), 'info', '');
    narrator.log(judged('a'), 'info', '');
    narrator.log(blind('error'), 'warn', '');
    expect(lines().filter((line) => !line.startsWith('    '))).toEqual([
      '  no verdict: Throttled TCN-A003 error',
      '  judged again: Throttled',
      '  no verdict: Throttled TCN-A003 error',
    ]);
  });

  it('names the receiver that a notification did not reach', () => {
    const { narrator, lines } = narrated();
    const fields = { group: 'g', receiver: 'on-call', reason: 'first', attempt: 1, detail: 'TCN-N001 HTTP 500' };
    narrator.log({ level: 'warn', message: 'notification not delivered', fields }, 'warn', '');
    expect(lines()[0]).toBe('  notification not delivered: on-call TCN-N001 HTTP 500');
  });
});
