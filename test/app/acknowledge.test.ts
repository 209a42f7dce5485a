import { describe, expect, it } from 'vitest';
import { acknowledge, withdraw } from '../../src/app/acknowledge.ts';
import { formToken, isFormToken, readGrant, signGrant } from '../../src/app/signed-link.ts';
import type { Actor } from '../../src/model/access.ts';
import type { Alert } from '../../src/model/alert.ts';
import { loadConfig } from '../../src/rules/config.ts';
import { alertOf } from '../alerts/make.ts';
import { MemoryAuditLog } from '../support/memory/index.ts';
import { HOUR, MINUTE, START, transition, World } from './deliver-world.ts';

const kim: Actor = { name: 'kim', via: 'sign-in', role: 'responder' };
const chat = alertOf('chat', { startsAt: START });

function make() {
  const text = `version: 1
receivers:
  - { name: on-call, webhook: { url: "https://on-call.test/" } }
  - { name: lead, webhook: { url: "https://lead.test/" } }
  - { name: manager, webhook: { url: "https://manager.test/" } }
route:
  receivers: [on-call]
  repeatInterval: 1h
  escalate:
    - { after: 15m, receivers: [lead] }
    - { after: 40m, receivers: [manager] }`;
  const { config, diagnostics } = loadConfig('tocsin.yaml', text);
  expect(diagnostics).toEqual([]);
  const world = new World([{ name: 'on-call' }, { name: 'lead' }, { name: 'manager' }], config?.route);
  const audit = new MemoryAuditLog();
  const deps = { alerts: world.alerts, audit, clock: world.clock };
  const take = (fields: Partial<Parameters<typeof acknowledge>[0]> = {}) =>
    acknowledge({ fingerprint: chat.fingerprint, startsAt: null, comment: 'on it', lasts: null, ...fields }, kim, deps);
  const reasons = (receiver: string) =>
    world.posts
      .filter((post) => post.receiver === receiver)
      .map(({ at, body }) => `${Math.round((at - START) / MINUTE)}m ${body.reason}`);
  const change = (fields: Partial<Alert>) => world.push(transition('worsened', { ...chat, ...fields }, world.clock.now()));
  return { world, audit, deps, take, reasons, change };
}

describe('nobody acknowledges', () => {
  it('so the next are told, each at its time, and all of them of the end', async () => {
    const { world, reasons } = make();
    await world.fire(chat);
    await world.run(50 * MINUTE);
    await world.resolve(chat);
    await world.run(10 * MINUTE);
    expect(reasons('on-call')).toEqual(
      ['1m first', '55m all resolved'].map((one) => expect.stringMatching(one.replace(/^\d+m/, '\\d+m'))),
    );
    expect(reasons('lead')).toEqual(['16m escalated', expect.stringContaining('all resolved')]);
    expect(reasons('manager')).toEqual(['41m escalated', expect.stringContaining('all resolved')]);
  });

  it('of what is silenced: nobody is called, and the time begins when it is released', async () => {
    const { world, reasons } = make();
    await world.silences.replace(
      {
        id: 's1',
        matchers: [[{ name: 'ModelDeploymentName', op: '=', value: 'chat' }]],
        resources: [],
        author: 'kim',
        comment: 'load test',
        startsAt: START,
        endsAt: START + HOUR,
        recurrence: null,
        updatedAt: START,
      },
      null,
    );
    await world.fire(chat);
    await world.run(62 * MINUTE);
    expect([reasons('on-call').length, reasons('lead')]).toEqual([1, []]);
    await world.run(13 * MINUTE);
    expect(reasons('lead')).toEqual([]);
    await world.run(5 * MINUTE);
    expect(reasons('lead')).toEqual([expect.stringContaining('escalated')]);
  });
});

describe('somebody acknowledges', () => {
  it('so nobody is called or reminded, those who know are told, and so is the end', async () => {
    const { world, audit, take, reasons } = make();
    await world.fire(chat);
    await world.run(10 * MINUTE);
    await take();
    await world.run(5 * HOUR);
    expect(reasons('on-call')).toEqual(['1m first', expect.stringContaining('acknowledged')]);
    expect([reasons('lead'), reasons('manager')]).toEqual([[], []]);
    const [, told] = world.told('on-call');
    expect(told?.alerts[0]?.acknowledgement).toMatchObject({ by: 'kim', comment: 'on it' });
    await world.resolve(chat);
    await world.run(10 * MINUTE);
    expect(reasons('on-call').at(-1)).toContain('all resolved');
    expect(reasons('lead')).toEqual([]);
    const [line] = await audit.during({ start: 0, end: START + 10 * HOUR });
    expect(line).toMatchObject({
      who: { name: 'kim', via: 'sign-in' },
      action: 'alert acknowledged',
      subject: chat.fingerprint,
      before: null,
    });
  });

  it('after the first escalation: who was called is told, and the next is not', async () => {
    const { world, take, reasons } = make();
    await world.fire(chat);
    await world.run(20 * MINUTE);
    await take();
    await world.run(3 * HOUR);
    expect(reasons('lead')).toEqual(['16m escalated', expect.stringContaining('acknowledged')]);
    expect(reasons('manager')).toEqual([]);
  });

  it('until it gets worse: that is told, and the chain begins anew', async () => {
    const { world, take, reasons, change } = make();
    await world.fire(chat);
    await world.run(10 * MINUTE);
    await take();
    await world.run(HOUR);
    await change({ value: 0.3 });
    await world.run(10 * MINUTE);
    expect(reasons('on-call')).toHaveLength(2);
    await change({ value: 0.85 });
    await world.run(10 * MINUTE);
    expect(reasons('on-call').at(-1)).toContain('got worse');
    expect(reasons('lead')).toEqual([]);
    await world.run(20 * MINUTE);
    expect(reasons('lead').at(-1)).toContain('escalated');
    expect((await world.alerts.get(chat.fingerprint))?.history.map(({ what }) => what)).toContain('got worse');
  });

  it('for a while, or takes it back: then it is over', async () => {
    const { world, deps, take, reasons } = make();
    await world.fire(chat);
    await world.run(10 * MINUTE);
    await take({ lasts: 30 * MINUTE });
    await world.run(HOUR);
    expect(reasons('on-call').slice(0, 3)).toEqual([
      '1m first',
      expect.stringContaining(' acknowledged'),
      expect.stringContaining('acknowledgement over'),
    ]);
    await take();
    await world.run(10 * MINUTE);
    await withdraw({ fingerprint: chat.fingerprint, startsAt: START }, kim, deps);
    await world.run(10 * MINUTE);
    expect(reasons('on-call').slice(-2)).toEqual([
      expect.stringContaining(' acknowledged'),
      expect.stringContaining('acknowledgement over'),
    ]);
  });

  it('what does not fire, or another episode of it, in vain', async () => {
    const { world, deps, take } = make();
    await expect(take()).rejects.toThrow('TCN-H001');
    await world.fire(chat);
    await world.run(MINUTE);
    await expect(take({ startsAt: START - 1 })).rejects.toThrow('does not fire any more');
    await expect(withdraw({ fingerprint: chat.fingerprint, startsAt: null }, kim, deps)).rejects.toThrow('nobody takes care');
    await expect(take({ comment: 'x'.repeat(2_000) })).rejects.toThrow('TCN-H003');
    await world.resolve(chat);
    await world.run(MINUTE);
    await expect(take()).rejects.toThrow('does not fire any more');
  });
});

describe('a link to acknowledge', () => {
  const SECRET = 'secret';
  const grant = { fingerprint: 'f1', startsAt: START, receiver: 'on-call', expiresAt: START + HOUR };

  it('is good for its alert and episode until it expires, and for nothing else', () => {
    const text = signGrant(grant, SECRET);
    expect(readGrant(text, 'f1', SECRET, START)).toEqual(grant);
    expect(readGrant(text, 'f2', SECRET, START)).toBeNull();
    expect(readGrant(text, 'f1', 'another', START)).toBeNull();
    expect(readGrant(text, 'f1', SECRET, START + HOUR)).toBeNull();
    expect(readGrant(text.replace('on-call', 'lead'), 'f1', SECRET, START)).toBeNull();
    for (const bad of ['', '...', 'a.b.c.d', `${text}.x`, text.slice(0, -1)])
      expect(readGrant(bad, 'f1', SECRET, START)).toBeNull();
  });

  it('goes with every notification of a firing alert, and one that cannot be signed holds nothing up', async () => {
    const { world } = make();
    let fails = false;
    const get = async () => {
      if (fails) throw new Error('no secret');
      return SECRET;
    };
    const plain = world.deps.bind(world);
    world.deps = () => ({ ...plain(), signingSecret: { get } });
    await world.fire(chat);
    await world.run(MINUTE);
    const link = new URL(world.told('on-call')[0]?.alerts[0]?.links.ack ?? '');
    expect(link.pathname).toBe(`/alerts/${chat.fingerprint}`);
    expect(readGrant(link.searchParams.get('ack') ?? '', chat.fingerprint, SECRET, START + HOUR)).toMatchObject({
      receiver: 'on-call',
    });
    fails = true;
    await world.run(20 * MINUTE);
    expect(world.told('lead')[0]?.alerts[0]?.links.ack).toBe(`https://tocsin.test/alerts/${chat.fingerprint}#ack`);
  });

  it('has a twin for forms: one visitor, one day', () => {
    const token = formToken('kim', SECRET, START);
    expect(isFormToken(token, 'kim', SECRET, START + 24 * HOUR)).toBe(true);
    expect(isFormToken(token, 'kim', SECRET, START + 48 * HOUR)).toBe(false);
    expect(isFormToken(token, 'mallory', SECRET, START)).toBe(false);
    expect(isFormToken('', 'kim', SECRET, START)).toBe(false);
  });
});
