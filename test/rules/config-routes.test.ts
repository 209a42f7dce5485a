import { describe, expect, it } from 'vitest';
import { silenceStatus } from '../../src/alerts/silence.ts';
import type { Route } from '../../src/model/route.ts';
import type { Silence } from '../../src/model/silence.ts';
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

describe('silences of the file', () => {
  const load = (silences: string) => loadConfig('tocsin.yaml', `version: 1\nsilences:\n${silences}`);

  it('have matchers or resources, and an end or a recurrence', () => {
    const { config, diagnostics } = load(`
  - name: patching
    resources: [/subscriptions/s1/resourceGroups/rg-batch]
    comment: Sunday patches
    recurring: { cron: "0 2 * * 0", zone: Europe/Stockholm, duration: 4h }
  - { name: move, matchers: ['alertname="Slow"'], comment: region moves, startsAt: "2026-11-21T08:00:00Z", endsAt: "2026-11-22T08:00:00Z" }`);
    expect(diagnostics).toEqual([]);
    const [patching, move] = config?.silences ?? [];
    expect(patching).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/),
      matchers: [],
      comment: 'patching: Sunday patches',
      endsAt: null,
      recurrence: { cron: '0 2 * * 0', zone: 'Europe/Stockholm', duration: 4 * 3_600_000 },
      declared: true,
    });
    expect(silenceStatus(patching as Silence, Date.parse('2026-11-22T02:00:00Z'))).toBe('active');
    expect(silenceStatus(patching as Silence, Date.parse('2026-11-22T06:00:00Z'))).toBe('pending');
    expect(move).toMatchObject({
      matchers: [[{ name: 'alertname', op: '=', value: 'Slow' }]],
      endsAt: Date.parse('2026-11-22T08:00:00Z'),
    });
  });

  it.each([
    ['neither matchers nor resources', '{ name: a, comment: c, endsAt: "2026-11-22T08:00:00Z" }', 3],
    ['neither an end nor a recurrence', `{ name: a, comment: c, matchers: ['a="b"'] }`, 3],
    ['a matcher that is none', `{ name: a, comment: c, matchers: ['a'], endsAt: "2026-11-22T08:00:00Z" }`, 3],
    ['a resource that is none', '{ name: a, comment: c, resources: [rg], endsAt: "2026-11-22T08:00:00Z" }', 3],
    ['a time that is none', '{ name: a, comment: c, resources: [/subscriptions/s1], endsAt: tomorrow }', 3],
    [
      'a time without its zone, which would depend on the machine that builds',
      '{ name: a, comment: c, resources: [/subscriptions/s1], endsAt: "2026-11-22T08:00:00" }',
      3,
    ],
    [
      'a cron that is none',
      '{ name: a, comment: c, resources: [/subscriptions/s1], recurring: { cron: daily, duration: 1h } }',
      3,
    ],
  ])('with %s are refused at their place', (_name, silence, line) => {
    const { config, diagnostics } = load(`  - ${silence}`);
    expect(config).toBeNull();
    expect(diagnostics).toMatchObject([{ code: 'TCN-C003', line }]);
  });
});
