import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parentOf, SHARD_TARGETS, shardsOf } from '../../src/rules/shards.ts';
import { logSignal, ruleOf, targetOf, targets, targetsOf } from './fixtures.ts';

const metricRule = ruleOf();
const logRule = ruleOf({ signal: logSignal() });
const shardByTarget = (list: ReturnType<typeof shardsOf>) =>
  new Map(list.flatMap((shard) => shard.targets.map((target) => [target.id, shard.key.shard])));

describe('shards of a quota rule', () => {
  it('hold one target of each subscription and region, however many there are', () => {
    const signal = { kind: 'inventory', value: 'quotaUsed', by: ['Quota'] } as const;
    const quotaRule = ruleOf({ signal });
    const shards = shardsOf(quotaRule, targetsOf(220), []);
    expect(shards.flatMap((shard) => shard.targets)).toHaveLength(1);
    const elsewhere = targetsOf(220).map((target, index) => ({ ...target, location: index < 100 ? 'eastus' : 'westus' }));
    expect(shardsOf(quotaRule, elsewhere, []).map((shard) => shard.targets.length)).toEqual([1, 1]);
  });
});

describe('shards of a metric rule', () => {
  it('hold every watched target exactly once, at most fifty each, of one subscription and region', () => {
    fc.assert(
      fc.property(targets, (list) => {
        const shards = shardsOf(metricRule, list, []);
        const ids = shards.flatMap((shard) => shard.targets.map((target) => target.id));
        expect([...ids].sort()).toEqual(list.map((target) => target.id).sort());
        expect(new Set(shards.map((shard) => shard.key.shard)).size).toBe(shards.length);
        for (const shard of shards) {
          expect(shard.targets.length).toBeLessThanOrEqual(SHARD_TARGETS);
          expect(new Set(shard.targets.map((target) => `${target.subscriptionId}/${target.location}`)).size).toBe(1);
        }
      }),
    );
  });

  it('do not depend on the order of the targets', () => {
    fc.assert(
      fc.property(targets, (list) => {
        expect(shardsOf(metricRule, [...list].reverse(), [])).toEqual(shardsOf(metricRule, list, []));
      }),
    );
  });

  it('keep everybody where they were when a target is added, except in a bucket that overflows', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 220 }), fc.string(), (count, name) => {
        const list = targetsOf(count);
        const before = shardByTarget(shardsOf(metricRule, list, []));
        const after = shardByTarget(shardsOf(metricRule, [...list, targetOf(`new-${name}`)], []));
        const moved = [...before].filter(([id, shard]) => after.get(id) !== shard);
        const origins = new Set(moved.map(([, shard]) => shard));
        expect(origins.size).toBeLessThanOrEqual(1);
        expect(moved.length === 0 || moved.length === SHARD_TARGETS).toBe(true);
      }),
    );
  });

  it('name the shard that they were split from, so that its state is found', () => {
    const fifty = targetsOf(50);
    const before = shardsOf(metricRule, fifty, []);
    expect(before).toHaveLength(1);
    const after = shardsOf(metricRule, [...fifty, targetOf('one-too-many')], []);
    expect(after.length).toBeGreaterThan(1);
    for (const shard of after) {
      let key = parentOf(shard.key);
      while (key !== null && key.shard !== before[0]?.key.shard) key = parentOf(key);
      expect(key).toEqual(before[0]?.key);
    }
    expect(parentOf({ rule: 'R', shard: before[0]?.key.shard ?? '' })).toBeNull();
  });

  it('are none where the rule watches nobody', () => {
    expect(shardsOf(ruleOf({ on: { type: 'Microsoft.Other/things' } }), targetsOf(3), ['w'])).toEqual([]);
  });
});

describe('shards of a log rule', () => {
  it('are one per workspace, with every target', () => {
    const shards = shardsOf(logRule, targetsOf(120), ['b', 'a', 'b']);
    expect(shards.map((shard) => [shard.workspace, shard.targets.length])).toEqual([
      ['a', 120],
      ['b', 120],
    ]);
  });

  it('have names that are safe in a blob name, whatever a workspace is called', () => {
    const [shard] = shardsOf(logRule, targetsOf(1), ['/subscriptions/x/Workspaces/Ö']);
    expect(shard?.key.shard).toMatch(/^[a-z0-9-]+$/);
  });
});
