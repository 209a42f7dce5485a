import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileDigest, digestId } from '../../src/digest/compile.ts';
import { HOUR, MINUTE } from '../../src/model/duration.ts';
import { throttledAlert } from '../support/fixtures/alerts.ts';
import { busyDay, DAY_WINDOW, evaluated, QUIET_RULES, quietDay } from '../support/fixtures/day.ts';
import { blindFinding, reportFinding } from '../support/fixtures/findings.ts';

describe('a quiet day', () => {
  const model = compileDigest(quietDay());

  it('is said as such, in a sentence of its own', () => {
    expect(model.quiet).toBe(true);
    expect(model.headline).toBe('A quiet day: none of the 3 rules fired and there is nothing to read.');
    expect(model.subject).toBe('Daily digest: quiet');
    expect(model.quietRules).toEqual(QUIET_RULES.map(({ id }) => id).sort());
  });

  it('is a quiet week when it is weekly', () => {
    expect(compileDigest(quietDay({ period: 'weekly' })).headline).toMatch(/^A quiet week: /);
  });

  it('is not claimed where nobody looked', () => {
    const blind = compileDigest(quietDay({ evaluations: [] }));
    expect(blind.quiet).toBe(false);
    expect(blind.headline).toBe('Nothing can be said: none of the 3 rules could be judged.');
    expect(compileDigest(quietDay({ rules: [], evaluations: [] })).headline).toBe(
      'No rule is configured, so nothing was watched.',
    );
  });

  it('is not claimed where one rule had no verdict', () => {
    const evaluations = QUIET_RULES.map(({ id }, index) =>
      index > 0 ? evaluated(id) : evaluated(id, { outcome: 'failed', reason: 'the query was rejected', code: 'TCN-A005' }),
    );
    expect(compileDigest(quietDay({ evaluations })).headline).toBe('No alert fired; 1 rule could not be judged.');
  });

  it('is not claimed when there is a finding to read', () => {
    expect(compileDigest(quietDay({ findings: [reportFinding()] })).headline).toBe('No alert fired; 1 finding to read.');
    expect(compileDigest(quietDay({ findings: [blindFinding()] })).headline).toBe(
      'No alert fired; Tocsin had 1 trouble of its own.',
    );
  });
});

describe('a busy day', () => {
  const model = compileDigest(busyDay());

  it('is told in one sentence', () => {
    expect(model.headline).toBe(
      '2 rules fired 5 alerts, 2 are still open; 2 findings to read; 1 rule could not be judged; Tocsin had 3 troubles of its own.',
    );
    expect(model.subject).toBe('Daily digest: 2 rules fired, 2 still open, 2 findings, 1 not judged, 3 quiet');
  });

  it('tells each rule with all its episodes, most firing time first', () => {
    expect(model.fired.map(({ rule, episodes, firingTime }) => [rule, episodes.length, firingTime / MINUTE])).toEqual([
      ['ScheduledPipelineDidNotRun', 1, 225],
      ['AzureOpenAIThrottled', 4, 147],
    ]);
  });

  it('draws the longest episode that has values, and none of a rule that has none', () => {
    expect(model.fired.map(({ charted }) => charted?.duration)).toEqual([undefined, 95 * MINUTE]);
  });

  it('lists what is open, most severe first', () => {
    expect(model.open.map(({ rule }) => rule)).toEqual(['AzureOpenAIThrottled', 'ScheduledPipelineDidNotRun']);
  });

  it('tells what is new and what is gone', () => {
    const throttled = (all: typeof model.fresh) =>
      all
        .filter(({ what, rule }) => what === 'alert' && rule === 'AzureOpenAIThrottled')
        .map(({ labels }) => labels.ModelDeploymentName);
    expect(throttled(model.fresh)).toContain('embeddings');
    expect(throttled(model.fresh)).not.toContain('chat');
    expect(throttled(model.gone)).toEqual(['summaries']);
  });

  it('keeps reports and its own troubles apart', () => {
    expect(model.reports.map(({ title, findings, count }) => [title, findings.length, count])).toEqual([
      ['CallsToMissingDeployment', 2, 4],
    ]);
    expect(model.troubles.map(({ title }) => title)).toEqual(['blind', 'delivery failed']);
  });

  it('says which deliveries are stuck, and what was added since the digest before', () => {
    expect(model.stuck).toMatchObject([{ receiver: 'chatops', attempts: 4, lastError: 'TCN-N001 answered 500' }]);
    expect(model.deliveries).toEqual([
      { receiver: 'chatops', sent: 3, failed: 1, retried: 14 },
      { receiver: 'oncall', sent: 7, failed: 0, retried: 2 },
    ]);
    expect(model.forwarding).toEqual({
      events: 1000,
      records: 40000,
      quarantined: 0,
      duplicates: 0,
      sinkRequests: 80,
      parked: 0,
    });
  });

  it('names the resources and rules where most of it was, without counting an overlap twice', () => {
    expect(model.topTargets.map(({ firingTime }) => firingTime / MINUTE)).toEqual([225, 129, 30]);
    expect(model.topRules.map(({ firingTime }) => firingTime / MINUTE)).toEqual([225, 147]);
  });
});

it('counters that were begun anew count as a whole', () => {
  const before = busyDay().countersBefore;
  const forward = { events: 5, records: 9, quarantined: 1, duplicates: 0, sinkRequests: 2, parked: 0 };
  expect(compileDigest(busyDay({ forward, countersBefore: before })).forwarding).toMatchObject({ events: 5, records: 9 });
});

it('every rule is counted once: fired, reported, not judged or quiet', () => {
  const { counts, fired, reports, unjudged, quietRules } = compileDigest(busyDay());
  const named = new Set([
    ...fired.map(({ rule }) => rule),
    ...reports.map(({ title }) => title),
    ...unjudged.map(({ rule }) => rule),
  ]);
  expect(named.size + quietRules.length).toBe(counts.rules);
});

it('a digest does not depend on the order in which its parts were read, nor on when it was compiled', () => {
  const input = busyDay();
  const shuffled = <Item>(items: readonly Item[]) => fc.shuffledSubarray([...items], { minLength: items.length });
  const expected = JSON.stringify(compileDigest(input));
  const parts = fc.tuple(
    shuffled(input.alerts),
    shuffled(input.findings),
    shuffled(input.evaluations),
    shuffled(input.notifications),
  );
  fc.assert(
    fc.property(parts, fc.integer({ min: 0, max: 5 }), ([alerts, findings, evaluations, notifications], minutes) => {
      const now = input.now + minutes * MINUTE;
      const other = compileDigest({ ...input, alerts, findings, evaluations, notifications, now });
      return JSON.stringify(other) === expected;
    }),
    { numRuns: 30 },
  );
});

it('ids name the digest and the begin of its window', () => {
  expect(digestId('daily', DAY_WINDOW.start)).toBe('daily-2026-11-20T0800Z');
});

it('an alert that began before the window is part of it while it fires', () => {
  const alert = throttledAlert({ startsAt: DAY_WINDOW.start - 5 * HOUR });
  const model = compileDigest(quietDay({ alerts: [alert] }));
  expect(model.fired[0]?.firingTime).toBe(24 * HOUR);
  expect(model.headline).toBe('1 rule fired 1 alert, 1 is still open.');
});
