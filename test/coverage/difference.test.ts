import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differenceOf, type Routing, routes, TOLERANCE } from '../../src/coverage/difference.ts';
import type { Need } from '../../src/coverage/needs.ts';

const NOW = 1_795_176_000_000;
const EMITTED = ['RequestResponse', 'Audit', 'Trace', 'AzureOpenAIRequestUsage'];

const need = (category: string, ...rules: readonly string[]): Need => ({
  category,
  rules: rules.length > 0 ? rules : ['SomeRule'],
  severity: 2,
  place: 'workspace',
});

const setting = (categories: readonly string[], changes: Partial<Routing> = {}): Routing => ({
  name: 'to-law',
  workspaceId: '/subscriptions/0/resourcegroups/rg/providers/microsoft.operationalinsights/workspaces/law',
  eventHub: null,
  storageAccountId: null,
  categories,
  ...changes,
});

describe('what rules need and nothing routes', () => {
  it('is what a stream rule needs that goes to no hub, whatever goes to a workspace', () => {
    const streamed = { ...need('RequestResponse', 'Streamed'), place: 'hub' } as const;
    const toWorkspace = setting(['RequestResponse']);
    const toHub = setting(['allLogs'], { name: 'to-hub', workspaceId: null, eventHub: 'diagnostics' });
    expect(differenceOf([streamed], [toWorkspace], EMITTED, NOW)).toMatchObject({
      missing: [{ rules: ['Streamed'], place: 'hub', elsewhere: true }],
      unneeded: [{ category: 'RequestResponse' }],
    });
    expect(differenceOf([streamed], [toHub], EMITTED, NOW)).toMatchObject({ missing: [], unneeded: [] });
  });

  it('is missing without any setting', () => {
    expect(differenceOf([need('RequestResponse', 'A', 'B')], [], EMITTED, NOW).missing).toEqual([
      { category: 'RequestResponse', rules: ['A', 'B'], severity: 2, place: 'workspace', elsewhere: false },
    ]);
  });

  it('is missing where it goes to an event hub or a storage account alone', () => {
    const elsewhere = [setting(['RequestResponse'], { workspaceId: null, eventHub: 'hub' })];
    expect(differenceOf([need('RequestResponse')], elsewhere, EMITTED, NOW).missing).toMatchObject([{ elsewhere: true }]);
  });

  it.each([[['RequestResponse']], [['requestresponse']], [['allLogs']], [['Trace', 'RequestResponse']]])(
    'is not missing under %j',
    (categories) => {
      expect(differenceOf([need('RequestResponse')], [setting(categories)], EMITTED, NOW).missing).toEqual([]);
    },
  );

  it('may be routed by several settings together', () => {
    const needs = [need('RequestResponse'), need('Audit')];
    expect(differenceOf(needs, [setting(['Audit']), setting(['RequestResponse'])], EMITTED, NOW).missing).toEqual([]);
  });

  it('knows the group `audit`', () => {
    const { missing } = differenceOf([need('Audit'), need('RequestResponse')], [setting(['audit'])], EMITTED, NOW);
    expect(missing.map(({ category }) => category)).toEqual(['RequestResponse']);
  });

  it('is not said to be missing where the resource cannot emit it', () => {
    const { missing, foreign } = differenceOf([need('AmlOnlineEndpointTrafficLog')], [], EMITTED, NOW);
    expect([missing, foreign.map(({ category }) => category)]).toEqual([[], ['AmlOnlineEndpointTrafficLog']]);
    expect(differenceOf([need('AmlOnlineEndpointTrafficLog')], [], null, NOW).missing).toHaveLength(1);
  });
});

describe('what is routed and needed by nobody', () => {
  const of = (...settings: readonly Routing[]) =>
    differenceOf([need('RequestResponse')], settings, EMITTED, NOW).unneeded.map(
      ({ category, setting: name }) => `${name}: ${category}`,
    );

  it('is told with the setting that routes it', () => {
    expect(of(setting(['RequestResponse', 'Trace']), setting(['Audit'], { name: 'second' }))).toEqual([
      'to-law: Trace',
      'second: Audit',
    ]);
  });

  it('is told of the members of a group', () => {
    expect(of(setting(['allLogs']))).toEqual(['to-law: Audit', 'to-law: Trace', 'to-law: AzureOpenAIRequestUsage']);
    expect(of(setting(['audit']))).toEqual(['to-law: Audit']);
  });

  it('is none of our business in an event hub or an archive', () => {
    expect(of(setting(['Trace'], { workspaceId: null, eventHub: 'hub' }))).toEqual([]);
  });

  it('is tolerated in a setting younger than two hours', () => {
    expect(of(setting(['Trace'], { createdAt: NOW - TOLERANCE + 1 }))).toEqual([]);
    expect(of(setting(['Trace'], { createdAt: NOW - TOLERANCE }))).toEqual(['to-law: Trace']);
  });
});

describe('the difference', () => {
  const category = fc.constantFrom(...EMITTED);
  const categories = fc.uniqueArray(fc.oneof(category, fc.constantFrom('allLogs', 'audit')), { maxLength: 4 });

  it('is empty exactly where what is needed is what is routed', () => {
    fc.assert(
      fc.property(fc.uniqueArray(category), categories, (needed, routed) => {
        const settings = routed.length === 0 ? [] : [setting(routed)];
        const { missing, unneeded } = differenceOf(
          needed.map((one) => need(one)),
          settings,
          EMITTED,
          NOW,
        );
        const reached = EMITTED.filter((one) => routes({ categories: routed }, one));
        expect(missing.map((one) => one.category).sort()).toEqual(needed.filter((one) => !reached.includes(one)).sort());
        expect(unneeded.map((one) => one.category).sort()).toEqual(reached.filter((one) => !needed.includes(one)).sort());
      }),
    );
  });
});
