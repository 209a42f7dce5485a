import { describe, expect, it } from 'vitest';
import { afterFailure, closedCircuit } from '../../src/alerts/circuit.ts';
import { receiverFails, receiverRecovered } from '../../src/alerts/receiver-failing.ts';
import type { Receiver } from '../../src/model/config.ts';
import { MINUTE } from '../../src/model/duration.ts';
import type { ReceiverCircuit } from '../../src/model/notification.ts';

const START = Date.parse('2026-11-21T08:00:00Z');
const pager: Pick<Receiver, 'name' | 'kind' | 'fallback'> = { name: 'pager', kind: 'pagerduty', fallback: 'mail' };

const failedTwice = (opens: boolean): ReceiverCircuit =>
  afterFailure(afterFailure(closedCircuit('pager'), opens, START), opens, START + 15 * MINUTE);

const fails = (circuit: ReceiverCircuit, receiver = pager, waiting = 3) =>
  receiverFails({ receiver, circuit, error: 'TCN-N001 HTTP 503', waiting }, START + 15 * MINUTE).alert;

describe('the alert on a receiver that takes nothing', () => {
  it('says who, since when, how often, with what error, how many wait and who is told instead', () => {
    expect(fails(failedTwice(true))).toMatchObject({
      rule: 'TocsinReceiverFailing',
      target: 'tocsin',
      labels: { receiver: 'pager' },
      startsAt: START,
      own: true,
      value: 2,
      condition: 'every try of 15m fails',
      summary:
        'Receiver pager (pagerduty) has taken nothing since 2026-11-21 08:00 UTC: 2 tries in a row failed, the last with TCN-N001 HTTP 503. 3 notifications wait for it; mail is told instead.',
      details: { kind: 'pagerduty', error: 'TCN-N001 HTTP 503', waiting: '3', fallback: 'mail' },
      response: { action: expect.stringContaining('`tocsin send pager`'), steps: [] },
    });
  });

  it('says that nobody is told instead, and what to do about that', () => {
    const { summary, response } = fails(failedTwice(true), { name: 'pager', kind: 'pagerduty' }, 1);
    expect(summary).toContain('1 notification waits for it; nobody is told instead.');
    expect(response.steps).toEqual([expect.stringContaining('`fallback`')]);
  });

  it('tells a refusal and an address that is gone from trouble that may pass', () => {
    const refused = failedTwice(false);
    expect(fails(refused).condition).toBe('a notification is refused for good');
    const gone = fails({ ...refused, gone: { at: START, address: 'a' } });
    expect(gone.condition).toBe('its address is gone');
    expect(gone.response.action).toContain('new address');
  });

  it('resolves under the same identity, and says after how long', () => {
    const circuit = failedTwice(true);
    const { kind, alert } = receiverRecovered(pager, circuit, START + 90 * MINUTE);
    const { fingerprint, startsAt, condition } = fails(circuit);
    expect(kind).toBe('resolved');
    expect(alert).toMatchObject({
      fingerprint,
      startsAt,
      condition,
      status: 'resolved',
      reason: 'recovered',
      endsAt: START + 90 * MINUTE,
      summary: 'Receiver pager (pagerduty) takes notifications again, after 1h30m.',
    });
  });
});
