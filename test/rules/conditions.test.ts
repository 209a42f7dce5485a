import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../src/model/duration.ts';
import { loadRuleFiles } from '../../src/rules/load.ts';
import { burnWindows } from '../../src/rules/resolve-burn.ts';
import { variantsOf } from '../../src/rules/variants.ts';
import { account } from '../app/rule-world.ts';

/* The conditions beyond `when` and `absent`: what they compile to, and what is said of those that cannot be meant. */

const HEAD = `version: 1
targets: { chat: { type: Microsoft.CognitiveServices/accounts, kinds: [OpenAI] } }
rules:
`;
const load = (body: string, rest = '') =>
  loadRuleFiles([{ path: 'r.yaml', text: `${HEAD}  - report: R\n${indent(body)}\n${rest}` }]);
const indent = (text: string) =>
  text
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n');
const found = (body: string, rest = '') =>
  load(body, rest).diagnostics.map(({ line, code, message }) => `${line} ${code} ${message}`);

const METRIC = 'metric: { name: ModelRequests, aggregate: total, by: [ModelDeploymentName] }';
const RATIO = 'metric: { name: ModelRequests, aggregate: total, where: { StatusCode: [">=500"] }, over: {} }';

describe('the windows of a burn rate', () => {
  const table = (period: number, style: 'workbook' | 'scaled') =>
    burnWindows(period, style).map(({ speed, long, short, factor, for: held }) => [
      speed,
      long / MINUTE,
      short / MINUTE,
      factor,
      held / MINUTE,
    ]);

  it('are those of the workbook, with the factors of the period', () => {
    expect(table(30 * DAY, 'workbook')).toEqual([
      ['fast', 60, 5, 14.4, 0],
      ['fast', 360, 30, 6, 0],
      ['slow', 1440, 120, 3, 0],
      ['slow', 4320, 360, 1, 0],
    ]);
    expect(table(28 * DAY, 'workbook').map(([, , , factor]) => factor)).toEqual([13.44, 5.6, 2.8, 0.933333333333]);
    expect(table(7 * DAY, 'workbook').map(([, , , factor]) => factor)).toEqual([13.44, 3.5, 1.4, 0.98]);
  });

  it('or in proportion to the period, in whole minutes', () => {
    expect(table(28 * DAY, 'scaled')).toEqual([
      ['fast', 60, 5, 14, 2],
      ['fast', 360, 30, 7, 15],
      ['slow', 1440, 120, 2, 60],
      ['slow', 5760, 360, 1, 180],
    ]);
    expect(table(7 * DAY, 'scaled')[0]).toEqual(['fast', 15, 1, 14, 1]);
  });

  it('say how often, over what span and in what grain the rule reads', () => {
    const read = (burn: string) => {
      const [rule] = load(`${RATIO}\nburnRate: ${burn}`).rules;
      return [rule?.every, rule?.window, rule?.signal.kind === 'metric' ? rule.signal.grain : null];
    };
    expect(read('{ slo: 99.9% }')).toEqual([MINUTE, 6 * HOUR, MINUTE]);
    expect(read('{ slo: 99.9%, speed: slow }')).toEqual([15 * MINUTE, 3 * DAY, 15 * MINUTE]);
    expect(read('{ slo: 99.9%, speed: slow, windows: scaled, period: 28d }')).toEqual([
      15 * MINUTE,
      4 * DAY + 3 * HOUR,
      15 * MINUTE,
    ]);
  });
});

describe('what cannot be meant', () => {
  it.each([
    [
      'a burn rate of a count',
      `${METRIC}\nburnRate: { slo: 99.9% }`,
      '6 TCN-R009 a burn rate needs a share of what failed or succeeded',
    ],
    [
      'no budget',
      `${RATIO}\nburnRate: { slo: 100% }`,
      '6 TCN-R008 `slo` must lie between 0% and 100%: at 100% there is no budget to burn',
    ],
    [
      'a window beside a burn rate',
      `${RATIO}\nburnRate: { slo: 99% }\nwindow: 5m`,
      '7 TCN-R009 `window` does not go with `burnRate`',
    ],
    [
      'a long window that is none',
      `${RATIO}\nburnRate: { slo: 99%, windows: [{ long: 5m, short: 1h, factor: 2 }] }`,
      '6 TCN-R009 the short window must be shorter than the long one, and not 0',
    ],
    [
      'windows longer than the period',
      `${RATIO}\nburnRate: { slo: 99%, period: 2d, speed: slow }`,
      '6 TCN-R009 a window of 3d is longer than the period of 2d',
    ],
    [
      'budget and factor',
      `${RATIO}\nburnRate: { slo: 99%, windows: [{ long: 1h, short: 5m, factor: 2, budget: 2% }] }`,
      '6 TCN-R009 a pair of windows has either a `budget` or a `factor`',
    ],
    [
      'two conditions',
      `${METRIC}\nwhen: "> 5"\nchanged: { within: 1d }`,
      '7 TCN-R009 a rule has either `when` or `changed`, not both',
    ],
    [
      'a change of nothing',
      'metric: { name: ModelRequests, aggregate: total }\nchanged: { within: 1d }',
      '6 TCN-R009 `changed` needs `by`: the labels whose values it watches',
    ],
    [
      'a change of another label',
      `${METRIC}\nchanged: { label: ModelVersion, within: 1d }`,
      '6 TCN-R009 ModelVersion is not in `by`',
    ],
    [
      'a value new within its window',
      `${METRIC}\nwindow: 2h\nchanged: { within: 1h }`,
      '7 TCN-R009 a value must have been away for longer than the window of 2h to be new',
    ],
    [
      'a split that the first condition has not',
      `all:\n  - { metric: { name: TotalTokens, aggregate: total }, when: "> 1" }\n  - { ${METRIC}, when: "> 1" }`,
      '7 TCN-R009 ModelDeploymentName is not in `by` of the first condition, which says what the series are',
    ],
    [
      'a `when` beside `all`',
      `all:\n  - { ${METRIC}, when: "> 1" }\n  - { ${METRIC}, when: "> 1" }\nfloor: 3`,
      '8 TCN-R009 `floor` does not go with `all`',
    ],
    [
      'an override of what the rule has not',
      `${METRIC}\nwhen: "> 5"\noverride: [{ slo: 99% }]`,
      '7 TCN-R009 the rule has no `slo` to override',
    ],
    [
      'a silence for what has none',
      `${METRIC}\nwhen: "> 5"\noverride: [{ absent: { for: 1h } }]`,
      '7 TCN-R009 the rule has no `absent` to override',
    ],
    [
      'a `for` beside a silence',
      `${METRIC}\nabsent: { for: 15m, expect: { seen: 1d } }\noverride: [{ for: 1h }]`,
      '7 TCN-R009 `for` does not go with `absent`',
    ],
    [
      'an override that leaves `clear` behind',
      `${METRIC}\nwhen: "> 50"\nclear: "< 40"\noverride: [{ when: "> 20" }]`,
      '8 TCN-R009 `clear` must lie on the other side of `when`',
    ],
    [
      'a tag for a rule without a threshold',
      `${METRIC}\nchanged: { within: 1d }\nthresholdTag: x`,
      '7 TCN-R009 `thresholdTag` goes with `when` alone',
    ],
    [
      'bins of a comparison with the past',
      `${METRIC}\nwhen: "> 3"\nrelativeTo: previous\nfailing: 2 of 5`,
      '8 TCN-R009 `failing` does not go with `relativeTo`',
    ],
  ])('%s', (_, body, expected) => {
    expect(found(body)).toContain(expected);

    expect(load(body).rules).toEqual([]);
  });

  it('an override of a rule that there is not', () => {
    expect(found(`${METRIC}\nwhen: "> 5"`, 'overrides: [{ rule: r, floor: 3 }]')).toEqual(['7 TCN-R030 there is no rule `r`']);
  });
});

describe('overrides', () => {
  const GOLD = account('gold', { tags: { tier: 'gold' } });
  const FREE = account('free');

  it('are taken in order, those beside the rules last', () => {
    const { rules, diagnostics } = load(
      `${METRIC}\nwhen: "> 5"\noverride:\n  - { floor: 1 }\n  - { match: { tags: { tier: gold } }, when: "> 7", floor: 2 }`,
      'overrides:\n  - { rule: R, match: { tags: { tier: gold } }, floor: 3, severity: 0 }',
    );
    expect(diagnostics).toEqual([]);
    const [rule] = rules;
    if (rule === undefined) throw new Error('no rule');
    const { rules: variants } = variantsOf(rule, [GOLD, FREE]);
    expect(variants.get(GOLD.id)).toMatchObject({ floor: 3, severity: 0, condition: { when: { threshold: 7 } } });
    expect(variants.get(FREE.id)).toMatchObject({ floor: 1, severity: 2, condition: { when: { threshold: 5 } } });
  });

  it('switch a rule off for everybody, unless a later one switches it on for some', () => {
    const rules = (rest: string) => load(`${METRIC}\nwhen: "> 5"`, rest).rules.length;
    expect(rules('overrides: [{ rule: R, enabled: false }]')).toBe(0);
    expect(rules('overrides: [{ rule: R, enabled: false }, { rule: R, match: { tags: { a: b } }, enabled: true }]')).toBe(1);
  });
});
