import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../src/model/duration.ts';
import { at, instances, ok, points, ruleOf, runOver, seriesOf, type World } from './support.ts';

const LIMIT = 5;
const rule = ruleOf({ limit: LIMIT });

/** One row a minute: the numbers of the series that are in breach then, of `size` series in all. */
function run(breaching: readonly (readonly number[])[], size: number, changes = {}) {
  const world: World = (_, { end }) => {
    const now = breaching[(end - at(0)) / MINUTE - 1] ?? [];
    return ok(
      ...Array.from({ length: size }, (_, number) =>
        seriesOf({ ModelDeploymentName: `m${number}` }, points([end - MINUTE, now.includes(number) ? 20 : 1])),
      ),
    );
  };
  return runOver(
    { ...rule, ...changes },
    world,
    breaching.map((_, index) => at(index + 1)),
  );
}

const isMeta = ({ labels }: { readonly labels: Readonly<Record<string, string>> }) => labels.limit !== undefined;
const rows = fc.array(fc.uniqueArray(fc.nat(11), { maxLength: 12 }), { minLength: 1, maxLength: 12 });

describe('a rule with more series in breach than its limit', () => {
  it('never has more open than the limit and one, and says so exactly while there are more', () => {
    fc.assert(
      fc.property(rows, (breaching) => {
        const { judgements } = run(breaching, 12);
        judgements.forEach(({ next }, minute) => {
          const open = instances(next).filter(({ state }) => state === 'firing');
          const own = open.filter((one) => !isMeta(one));
          const wanted = breaching[minute]?.length ?? 0;
          expect(own).toHaveLength(Math.min(wanted, LIMIT));
          expect(open.some(isMeta)).toBe(wanted > LIMIT);
        });
      }),
    );
  });

  it('drops none that it knows: who fires goes on until it is well', () => {
    fc.assert(
      fc.property(rows, (breaching) => {
        const { judgements } = run(breaching, 12);
        let known = new Set<string>();
        judgements.forEach(({ next }, minute) => {
          const firing = new Set(
            instances(next)
              .filter((one) => one.state === 'firing' && !isMeta(one))
              .map(({ labels }) => labels.ModelDeploymentName ?? ''),
          );
          const now = new Set((breaching[minute] ?? []).map((number) => `m${number}`));
          for (const name of known) if (now.has(name)) expect(firing).toContain(name);
          known = firing;
        });
      }),
    );
  });

  it('writes one finding, for a report, and takes nothing beyond the limit for a breach that came late', () => {
    const many = Array.from({ length: 8 }, (_, number) => number);
    const { findings } = run(
      Array.from({ length: 40 }, () => many),
      8,
      { disposition: 'report', delay: 3 * MINUTE, respond: null },
    );
    const ids = new Set(findings.map(({ id }) => id));
    expect(ids.size).toBe(LIMIT + 1);
    expect(new Set(findings.map(({ kind }) => kind))).toEqual(new Set(['report']));
    expect(findings.find(isMeta)?.summary).toContain('3 more series in breach than the limit of 5');
  });
});
