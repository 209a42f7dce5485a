import { describe, expect, it } from 'vitest';
import type { Route } from '../../src/model/route.ts';
import { loadConfig } from '../../src/rules/config.ts';

const HEAD = `version: 1
receivers:
  - { name: a, webhook: { url: "https://a.example" } }
  - { name: b, webhook: { url: "https://b.example" } }
`;
const load = (yaml: string) => loadConfig('tocsin.yaml', HEAD + yaml);
const found = (yaml: string) =>
  load(yaml).diagnostics.map(({ line, column, severity, code, message }) => `${line}:${column} ${severity} ${code} ${message}`);
const routes = (yaml: string): readonly Route[] => load(yaml).config?.route.routes ?? [];

describe('the routing tree of tocsin.yaml', () => {
  it('hands receivers, grouping and timings down, and nothing else', () => {
    const [prod] = routes(`route:
  receivers: [a]
  groupBy: [severity]
  groupWait: 10s
  routes:
    - matchers: ['env="prod"']
      continue: true
      muteTimeIntervals: [night]
      repeatInterval: 1h
      routes: [{ matchers: [team=x], receivers: [b], groupBy: ["..."] }]
timeIntervals: [{ name: night, intervals: [{ times: [{ start: "22:00", end: "24:00" }] }] }]
`);
    expect(prod).toMatchObject({
      matchers: [{ name: 'env', op: '=', value: 'prod' }],
      receivers: ['a'],
      groupBy: ['severity'],
      groupWait: 10_000,
      groupInterval: 300_000,
      repeatInterval: 3_600_000,
      continue: true,
      muteTimeIntervals: ['night'],
    });
    expect(prod?.routes[0]).toMatchObject({
      receivers: ['b'],
      groupBy: 'all',
      repeatInterval: 3_600_000,
      continue: false,
      muteTimeIntervals: [],
    });
  });

  it('lets reminders grow, and routes below inherit it', () => {
    const [plain, own] = routes(
      'route: { repeatFactor: 2, repeatLimit: 1d, routes: [{ matchers: [a=b] }, { matchers: [a=c], repeatLimit: 2d }] }',
    );
    expect([plain?.repeatFactor, plain?.repeatLimit]).toEqual([2, 86_400_000]);
    expect(own?.repeatLimit).toBe(2 * 86_400_000);
  });

  it('names routes by their matchers, so that their order does not matter', () => {
    const ids = (yaml: string) => routes(`route: { routes: [${yaml}] }`).map(({ id }) => id);
    const [x, y] = ids('{ matchers: [team=x] }, { matchers: [team=y, env=z] }');
    expect(ids('{ matchers: [env=z, team=y], receivers: [b] }, { matchers: [team=x] }')).toEqual([y, x]);
    expect(new Set(ids('{ matchers: [team=x], continue: true }, { matchers: [team=x] }')).size).toBe(2);
  });

  it.each([
    ['an expression', 'route: { routes: [{ matchers: ["a=~(b"] }] }', /^5:\d+ error TCN-C003 "\(b" is no RE2 expression/],
    ['a matcher', 'route: { routes: [{ matchers: ["severity"] }] }', /^5:\d+ error TCN-C003 expected name="value"/],
    ['no matcher', 'route: { routes: [{ matchers: [] }] }', /TCN-C003 `matchers` must be at least 1 entry long/],
    ['an unknown receiver', 'route: { routes: [{ matchers: [a=b], receivers: [c] }] }', /there is no receiver `c`$/],
    ['an unknown interval', 'route: { routes: [{ matchers: [a=b], muteTimeIntervals: [n] }] }', /there is no time interval `n`$/],
    ['an unknown key', 'route: { routes: [{ matchers: [a=b], mutes: [n] }] }', /unknown key `mutes`$/],
    ['an interval of no time', 'route: { groupInterval: 0s }', /`groupInterval` must be longer than nothing$/],
    ['a weekday', 'timeIntervals: [{ name: n, intervals: [{ weekdays: [fryday] }] }]', /`fryday` is not a day of the week/],
    ['a zone', 'timeIntervals: [{ name: n, intervals: [{ location: Mars }] }]', /there is no time zone `Mars`$/],
    ['an inhibition', 'inhibit: [{ source: ["x"], target: [a=b] }]', /expected name="value"/],
    [
      'two of one name',
      'timeIntervals: [{ name: n, intervals: [{}] }, { name: n, intervals: [{}] }]',
      /there are two timeIntervals/,
    ],
  ])('says where it cannot be: %s', (_, yaml, message) => {
    expect(found(yaml)).toEqual([expect.stringMatching(message)]);
  });

  it('takes numbers for days, months and years', () => {
    const { config, diagnostics } = load(
      'timeIntervals: [{ name: n, intervals: [{ daysOfMonth: [1, -1], months: [12], years: [2026] }] }]',
    );
    expect(diagnostics).toEqual([]);
    expect(config?.timeIntervals[0]?.intervals[0]).toMatchObject({
      daysOfMonth: [
        { first: 1, last: 1 },
        { first: -1, last: -1 },
      ],
      years: [{ first: 2026, last: 2026 }],
    });
  });
});
