import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ActivityEvent } from '../../src/model/activity.ts';
import { DAY, HOUR, MINUTE } from '../../src/model/duration.ts';
import { TocsinError } from '../../src/model/errors.ts';
import { ACCOUNT, RESPOND, ruleWorld, START } from '../support/rule-world.ts';

const DELETED = `
  - alert: DeploymentDeleted
    on: chat
    activity:
      where: { operation: "Microsoft.CognitiveServices/accounts/deployments/delete", status: Succeeded }
      except: { caller: "deploy-*" }
    summary: "{{labels.caller}} deleted {{labels.resource}} ({{details.subStatus}})"
    ${RESPOND}
`;

let serial = 0;
function event(minute: number, fields: Readonly<Record<string, string>> = {}): ActivityEvent {
  serial += 1;
  return {
    id: `event-${serial}`,
    at: START + minute * MINUTE,
    fields: {
      category: 'Administrative',
      operation: 'MICROSOFT.COGNITIVESERVICES/ACCOUNTS/DEPLOYMENTS/DELETE',
      status: 'Succeeded',
      subStatus: 'OK',
      caller: 'ada@contoso.example',
      resource: `${ACCOUNT.id}/deployments/chat`,
      ...fields,
    },
  };
}

const firedAt = (world: ReturnType<typeof ruleWorld>) =>
  world.told().flatMap(({ kind, at }) => (kind === 'fired' ? [(at - START) / MINUTE] : []));

describe('an activity rule', () => {
  it('tells of an operation with its caller, at the next look, and ends an hour after the last one', async () => {
    const world = ruleWorld(DELETED);
    await world.until(10 * MINUTE);
    world.activity.list.push(event(11));
    await world.until(3 * HOUR);
    const [fired, resolved, ...more] = world.told();
    expect(more).toEqual([]);
    expect(fired).toMatchObject({
      kind: 'fired',
      at: START + 15 * MINUTE,
      alert: {
        target: '/subscriptions/s',
        labels: { caller: 'ada@contoso.example', resource: `${ACCOUNT.id}/deployments/chat` },
        details: { status: 'Succeeded', at: '2026-11-20T12:11:00Z' },
        summary: `ada@contoso.example deleted ${ACCOUNT.id}/deployments/chat (OK)`,
      },
    });
    expect(resolved).toMatchObject({ kind: 'resolved', at: START + 80 * MINUTE });
  });

  it('tells an event that the log shows fifty minutes late', async () => {
    const world = ruleWorld(DELETED);
    await world.until(60 * MINUTE);
    world.activity.list.push(event(12));
    await world.until(65 * MINUTE);
    expect(firedAt(world)).toEqual([65]);
  });

  it('tells every event once, however often and late it is listed, and whoever listens', async () => {
    const arrival = fc.record({ at: fc.integer({ min: 1, max: 100 }), late: fc.integer({ min: 0, max: 55 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(arrival, { maxLength: 12 }), async (arrivals) => {
        const world = ruleWorld(`
  - alert: AnyDeletion
    activity: { where: { operation: "*/delete" }, by: [event] }
    ${RESPOND}
`);
        await world.tick();
        const events = arrivals.map(({ at, late }) => ({ shown: at + late, event: event(at) }));
        for (let minute = 1; minute <= 170; minute++) {
          world.clock.advance(MINUTE);
          world.activity.list = events.filter(({ shown }) => shown <= minute).map((one) => one.event);
          await world.tick();
        }
        const told = world.told().flatMap(({ kind, alert }) => (kind === 'fired' ? [alert.labels.event ?? ''] : []));
        expect([...told].sort()).toEqual(events.map((one) => one.event.id).sort());
      }),
      { numRuns: 15 },
    );
  });

  it('does not tell what happened before it was first looked at', async () => {
    const world = ruleWorld(DELETED);
    world.activity.list.push(event(-30));
    await world.until(HOUR);
    expect(world.told()).toEqual([]);
  });

  it('loses nothing while the log cannot be read, or while nobody evaluates', async () => {
    const world = ruleWorld(DELETED);
    await world.until(10 * MINUTE);
    world.activity.list.push(event(12));
    for (let look = 0; look < 40; look++) world.activity.failNext('events', new TocsinError('TCN-A002', 'no answer'));
    await world.until(200 * MINUTE);
    expect(world.told()).toEqual([]);
    expect((await world.found()).map(({ kind }) => kind)).toEqual(['blind']);
    await world.until(220 * MINUTE);
    expect(firedAt(world)).toEqual([215]);
    world.activity.list.push(event(230, { caller: 'eve@contoso.example' }));
    world.clock.advance(2 * DAY);
    await world.tick();
    expect(firedAt(world)).toHaveLength(2);
  });

  it.each([
    ['another status', { status: 'Started' }],
    ['another operation', { operation: 'Microsoft.CognitiveServices/accounts/listKeys/action' }],
    ['somebody excepted', { caller: 'Deploy-bot' }],
    ['another category', { category: 'Policy' }],
    ['a resource of another type', { resource: '/subscriptions/s/resourceGroups/g/providers/Microsoft.Search/searchServices/x' }],
  ])('is silent about %s', async (_, fields) => {
    const world = ruleWorld(DELETED);
    await world.until(10 * MINUTE);
    world.activity.list.push(event(11, fields));
    await world.until(30 * MINUTE);
    expect(world.told()).toEqual([]);
  });

  it('asks a resource for its tags where it still exists, and lets one that is gone count', async () => {
    const other = { ...ACCOUNT, id: ACCOUNT.id.replace('east', 'test'), name: 'test', tags: { env: 'test' } };
    const world = ruleWorld(DELETED, [ACCOUNT, other]);
    await world.until(10 * MINUTE);
    world.activity.list.push(event(11, { resource: `${other.id}/deployments/a`, caller: 'a' }));
    world.activity.list.push(event(11, { resource: `${ACCOUNT.id.replace('east', 'gone')}/deployments/b`, caller: 'b' }));
    await world.until(30 * MINUTE);
    expect(world.told().map(({ alert }) => alert.labels.caller)).toEqual(['b']);
  });

  it('counts events over a window where it has a `when`', async () => {
    const world = ruleWorld(`
  - alert: KeysListedOften
    activity: { where: { operation: "*/listKeys/action" }, by: [caller] }
    window: 1h
    when: "> 2"
    ${RESPOND}
`);
    await world.until(30 * MINUTE);
    const listed = { operation: 'Microsoft.CognitiveServices/accounts/listKeys/action' };
    for (const minute of [31, 33, 35]) world.activity.list.push(event(minute, listed));
    world.activity.list.push(event(36, { ...listed, caller: 'once' }));
    await world.until(4 * HOUR);
    const [fired, ...more] = world.told();
    expect(fired).toMatchObject({ kind: 'fired', alert: { labels: { caller: 'ada@contoso.example' }, value: 3 } });
    expect(more.map(({ kind }) => kind)).toEqual(['resolved']);
  });
});

describe('a service health rule', () => {
  const HEALTH = `
  - alert: ServiceIncident
    activity: { category: ServiceHealth, where: { service: "Azure OpenAI*", type: Incident } }
    summary: "{{details.title}} ({{details.stage}}) in {{details.region}}"
    ${RESPOND}
`;
  const incident = (minute: number, stage: string) =>
    event(minute, {
      category: 'ServiceHealth',
      service: 'Azure OpenAI Service',
      type: 'Incident',
      incident: 'ABCD-123',
      stage,
      region: 'East US 2',
      title: `Latency, ${stage.toLowerCase()}`,
      resource: '/subscriptions/s',
    });

  it('opens with an incident, stays through updates, and ends when Azure says that it is resolved', async () => {
    const world = ruleWorld(HEALTH);
    await world.until(10 * MINUTE);
    world.activity.list.push(incident(11, 'Active'));
    await world.until(6 * HOUR);
    world.activity.list.push(incident(6 * 60 + 1, 'Active'));
    await world.until(7 * HOUR);
    expect(world.told()).toMatchObject([{ kind: 'fired', alert: { summary: 'Latency, active (Active) in East US 2' } }]);
    world.activity.list.push(incident(7 * 60 + 1, 'Resolved'));
    world.activity.list.push(incident(9 * 60 + 1, 'RCA'));
    await world.until(12 * HOUR);
    expect(world.told().map(({ kind, at }) => [kind, (at - START) / MINUTE])).toEqual([
      ['fired', 15],
      ['resolved', 7 * 60 + 5],
    ]);
  });
});
