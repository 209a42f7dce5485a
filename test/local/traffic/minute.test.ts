import { describe, expect, it } from 'vitest';
import type { MetricRecord } from '../../../src/local/archive/append.ts';
import { minuteOf, type Run } from '../../../src/local/traffic/minute.ts';
import { SCENARIOS, scenarioNamed } from '../../../src/local/traffic/scenarios.ts';

const MINUTE = 60_000;
const START = Date.UTC(2026, 10, 20, 7, 15);
const runOf = (scenario: string): Run => ({ seed: 1, scenario: scenarioNamed(scenario), startedAt: START });

function requests(metrics: readonly MetricRecord[], deployment: string, status?: string): number {
  return metrics
    .filter(({ metric, dimensions }) => metric === 'ModelRequests' && dimensions.ModelDeploymentName === deployment)
    .filter(({ dimensions }) => status === undefined || dimensions.StatusCode === status)
    .reduce((sum, point) => sum + point.total, 0);
}

function over(scenario: string, from: number, to: number) {
  const run = runOf(scenario);
  const minutes = Array.from({ length: to - from }, (_, index) => minuteOf(run, START + (from + index) * MINUTE));
  return { metrics: minutes.flatMap((minute) => minute.metrics), logs: minutes.flatMap((minute) => minute.logs) };
}

describe('generated traffic', () => {
  it('is the same for the same seed and minute', () => {
    expect(minuteOf(runOf('throttling-storm'), START)).toEqual(minuteOf(runOf('throttling-storm'), START));
    expect(minuteOf(runOf('throttling-storm'), START)).not.toEqual(minuteOf({ ...runOf('throttling-storm'), seed: 2 }, START));
  });

  it('counts the same calls in metrics and in logs', () => {
    const { metrics, logs } = over('throttling-storm', -30, 15);
    const logged = logs.filter(({ category, text }) => category === 'RequestResponse' && text.includes('modelDeploymentName'));
    const counted = metrics.filter(({ metric }) => metric === 'ModelRequests').reduce((sum, { total }) => sum + total, 0);
    expect(logged).toHaveLength(counted);
  });

  it('follows the fitted token lengths within 15 %', () => {
    const { metrics } = over('quiet-day', -600, 0);
    const tokens = (name: string) =>
      metrics.filter(({ metric, dimensions }) => metric === name && dimensions.ModelDeploymentName === 'chat');
    const mean = (name: string) => {
      const points = tokens(name);
      return points.reduce((sum, { total }) => sum + total, 0) / points.reduce((sum, { count }) => sum + count, 0);
    };
    expect(Math.abs(mean('InputTokens') / Math.exp(6.633 + 0.985 ** 2 / 2) - 1)).toBeLessThan(0.15);
    expect(Math.abs(mean('OutputTokens') / Math.exp(5.019 + 0.859 ** 2 / 2) - 1)).toBeLessThan(0.15);
  });

  it('writes .NET ticks that no JavaScript number holds, and they agree with the duration', () => {
    const { logs } = over('quiet-day', 0, 5);
    const record = logs.find(({ text }) => text.includes('requestTime'))?.text ?? '';
    const [, from = '', to = ''] = /requestTime\\?":(\d+).*responseTime\\?":(\d+)/.exec(record) ?? [];
    expect(BigInt(from)).toBeGreaterThan(2n ** 53n);
    expect(Number(BigInt(to) - BigInt(from)) / 10_000).toBe(JSON.parse(record).durationMs);
  });
});

describe('a scenario', () => {
  it('of a storm refuses calls of one deployment only, and only during the storm', () => {
    const before = over('throttling-storm', -10, 2).metrics;
    const storm = over('throttling-storm', 2, 12).metrics;
    expect(requests(before, 'chat', '429')).toBe(0);
    expect(requests(storm, 'chat', '429') / requests(storm, 'chat')).toBeGreaterThan(0.3);
    for (const other of ['code', 'chat-eu', 'embeddings']) expect(requests(storm, other, '429')).toBe(0);
  });

  it('of silence emits no point at all for the silent deployment', () => {
    const { metrics } = over('traffic-stops', 2, 30);
    expect(metrics.filter(({ dimensions }) => dimensions.ModelDeploymentName === 'chat-eu')).toEqual([]);
    expect(requests(metrics, 'chat')).toBeGreaterThan(0);
  });

  it('of a missed pipeline has yesterday’s run, none today, and one by hand', () => {
    const run = runOf('pipeline-missed');
    const start = Date.UTC(2026, 10, 20) + run.scenario.startsAt * MINUTE;
    const finished: number[] = [];
    for (let minute = -30 * 60; minute < run.scenario.length; minute++) {
      const { logs } = minuteOf({ ...run, startedAt: start }, start + minute * MINUTE);
      if (logs.some(({ text }) => text.includes('nightly-train') && text.includes('JobSucceeded'))) finished.push(minute);
    }
    expect(finished).toEqual([-(24 * 60) - 135 + 40, 60 + 40]);
  });

  it.each([...SCENARIOS.keys()])('named %s says what it must show', (name) => {
    const scenario = scenarioNamed(name);
    expect(scenario.about).not.toBe('');
    expect(scenario.startsAt + scenario.length).toBeGreaterThan(8 * 60);
  });

  it('that does not exist is refused with the list', () => {
    expect(() => scenarioNamed('storm')).toThrow(/TCN-L004.*throttling-storm, traffic-stops/);
  });
});
