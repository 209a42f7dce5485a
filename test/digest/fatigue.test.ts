import { describe, expect, it } from 'vitest';
import { compileDigest } from '../../src/digest/compile.ts';
import { fatigueOf } from '../../src/digest/fatigue.ts';
import { renderHtml } from '../../src/digest/html.ts';
import { renderText } from '../../src/digest/text.ts';
import type { Alert, HistoryEntry } from '../../src/model/alert.ts';
import { DAY, HOUR, MINUTE } from '../../src/model/duration.ts';
import { ruleOf } from '../evaluate/support.ts';
import { resolvedAfter, throttledAlert } from '../support/fixtures/alerts.ts';
import { quietDay } from '../support/fixtures/day.ts';

const WEEK = { start: Date.parse('2026-11-14T08:00:00Z'), end: Date.parse('2026-11-21T08:00:00Z') };
const RULE = ruleOf({ id: 'AzureOpenAIThrottled', for: 3 * MINUTE, keepFiringFor: 5 * MINUTE });

const ended = (startsAt: number, minutes: number, deployment = 'chat'): Alert =>
  resolvedAfter(throttledAlert({ startsAt, deployment, rule: RULE.id }), minutes);
const daily = (minutes: number): readonly Alert[] =>
  Array.from({ length: 6 }, (_, day) => ended(WEEK.start + day * DAY + HOUR, minutes));
const withLines = (alert: Alert, ...lines: readonly (readonly [HistoryEntry['what'], minutes: number])[]): Alert => ({
  ...alert,
  history: [
    ...alert.history,
    ...lines.map(([what, minutes]) => ({ at: alert.startsAt + minutes * MINUTE, what, reason: 'someone', value: null })),
  ],
});
const countsOf = (alerts: readonly Alert[], before: readonly Alert[] = []) => {
  const [{ suggestion: _, rule: __, ...counts } = { suggestion: null, rule: '' }] = fatigueOf(alerts, before, [RULE], WEEK);
  return counts;
};
const suggestionOf = (alerts: readonly Alert[], window = WEEK) => fatigueOf(alerts, [], [RULE], window)[0]?.suggestion;

describe('what a rule asked of people', () => {
  it('counts episodes that began in the window', () => {
    const long = ended(WEEK.start - HOUR, 120, 'code');
    expect(countsOf([long, ...daily(40)])).toEqual({ fired: 6, acknowledged: 0, flapped: 0, brief: 0, actedOn: 0 });
    expect(fatigueOf([long], [], [RULE], WEEK)).toEqual([]);
  });

  it('counts one that is over within five minutes, unless somebody took it', () => {
    const at = WEEK.start + HOUR;
    expect(countsOf([ended(at, 5)])).toMatchObject({ brief: 1 });
    expect(countsOf([ended(at, 6)])).toMatchObject({ brief: 0 });
    expect(countsOf([withLines(ended(at, 5), ['acknowledged', 2])])).toMatchObject({ brief: 0, acknowledged: 1, actedOn: 1 });
    expect(countsOf([throttledAlert({ startsAt: WEEK.end - 2 * MINUTE })])).toMatchObject({ fired: 1, brief: 0 });
  });

  it('counts a series that begins again within half an hour, also after an end in the window before', () => {
    const first = ended(WEEK.start - 20 * MINUTE, 10);
    const again = ended(WEEK.start + 20 * MINUTE, 10);
    expect(countsOf([again], [first])).toMatchObject({ flapped: 1 });
    expect(countsOf([again, ended(again.startsAt, 10, 'code')])).toMatchObject({ fired: 2, flapped: 0 });
    expect(countsOf([again, ended(WEEK.start + 61 * MINUTE, 10)])).toMatchObject({ flapped: 0 });
  });

  it('tells what somebody took from what ended in their hands', () => {
    const one = ended(WEEK.start + HOUR, 60);
    expect(countsOf([withLines(one, ['acknowledged', 5])])).toMatchObject({ acknowledged: 1, actedOn: 1 });
    expect(countsOf([withLines(one, ['acknowledged', 5], ['unacknowledged', 9])])).toMatchObject({ acknowledged: 1, actedOn: 0 });
    expect(countsOf([withLines(one, ['acknowledged', 90])])).toMatchObject({ acknowledged: 1, actedOn: 0 });
    const standing = { by: 'ada', comment: '', at: one.startsAt + MINUTE, until: null, level: 0, severity: 1 } as const;
    expect(countsOf([{ ...one, acknowledgement: standing }])).toMatchObject({ acknowledged: 1, actedOn: 1 });
    const lapsed = { ...standing, until: one.startsAt + 10 * MINUTE };
    expect(countsOf([{ ...one, acknowledgement: lapsed }])).toMatchObject({ acknowledged: 1, actedOn: 0 });
  });
});

describe('the weekly suggestion', () => {
  it('is a longer `keepFiringFor` where it flaps', () => {
    const flaps = daily(10).flatMap((alert) => [alert, ended((alert.endsAt ?? 0) + 12 * MINUTE, 10)]);
    expect(suggestionOf(flaps)).toMatch(/^6 of 12 began again within half an hour: `keepFiringFor: 17m` would join/);
  });

  it('is a longer `for` where most are over at once', () => {
    expect(suggestionOf(daily(4))).toMatch(/^6 of 6 were over by themselves .* `for: 8m` would keep most of them quiet/);
  });

  it('is a report where nobody takes it though others are taken', () => {
    const other = withLines({ ...ended(WEEK.start + HOUR, 60, 'other'), rule: 'Other' }, ['acknowledged', 5]);
    expect(suggestionOf(daily(40))).toBeNull();
    expect(suggestionOf([...daily(40), other])).toMatch(/^Nobody took any of 6/);
  });

  it('is none of a few episodes, of a day, and of rules that are no longer there', () => {
    expect(suggestionOf(daily(4).slice(0, 4))).toBeNull();
    expect(suggestionOf(daily(4), { start: WEEK.start, end: WEEK.start + DAY })).toBeNull();
    expect(fatigueOf(daily(4), [], [], WEEK)[0]?.suggestion).toBeNull();
  });

  it('stands in the digest in all its forms', () => {
    const model = compileDigest(quietDay({ period: 'weekly', window: WEEK, alerts: daily(4), rules: [RULE] }));
    expect(renderText(model)).toContain('AzureOpenAIThrottled: 6 of 6 were over by themselves within five minutes');
    expect(renderHtml(model, { console: '' })).toContain('<code>for: 8m</code> would keep most of them quiet');
    expect(model.fatigue).toMatchObject([{ rule: 'AzureOpenAIThrottled', fired: 6, brief: 6 }]);
  });
});
