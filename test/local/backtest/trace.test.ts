import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { USUAL_ARRIVAL } from '../../../src/local/backtest/arrival.ts';
import { backtest } from '../../../src/local/backtest/backtest.ts';
import type { RuleOutcome } from '../../../src/local/backtest/report.ts';
import { defaultConfig } from '../../../src/rules/config.ts';
import { loadRuleFiles } from '../../../src/rules/load.ts';
import { TRACE_HOUR, writeTrace } from '../../support/llm-trace.ts';
import { hasShared, SHARED } from '../../support/shared.ts';

const rulesOf = (path: string) => {
  const text = readFileSync(fileURLToPath(new URL(`../../../${path}`, import.meta.url)), 'utf8');
  return loadRuleFiles([{ path, text }]).rules;
};

const folder = mkdtempSync(join(tmpdir(), 'tocsin-trace-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The outcome of the Azure OpenAI pack and of the baseline's rule over the trace. */
async function replayed(name: string, tokensPerMinute: number): Promise<ReadonlyMap<string, RuleOutcome>> {
  const dir = join(folder, name);
  await writeTrace(join(SHARED, 'traces/azure-llm-2023'), dir, { tokensPerMinute });
  const result = await backtest({
    archive: dir,
    rules: [...rulesOf('rules/azure-openai.yaml'), ...rulesOf('examples/backtest/token-transaction.yaml')],
    other: null,
    config: defaultConfig(),
    period: TRACE_HOUR,
    arrival: USUAL_ARRIVAL,
    estate: null,
    most: null,
  });
  return new Map(result.report.rules.map((rule) => [rule.rule, rule]));
}

describe.skipIf(!hasShared)('an hour of real traffic', () => {
  let quiet: ReadonlyMap<string, RuleOutcome>;
  let starved: ReadonlyMap<string, RuleOutcome>;
  beforeAll(async () => {
    quiet = await replayed('quiet', 3_000_000);
    starved = await replayed('starved', 250_000);
  }, 120_000);

  it('makes no alert of throttling or stopped traffic where nothing is wrong, though a deployment pauses for minutes', () => {
    for (const name of [
      'AzureOpenAIThrottled',
      'AzureOpenAITrafficStopped',
      'AzureOpenAIServerErrors',
      'AzureOpenAIResponseSlow',
    ]) {
      expect(quiet.get(name), name).toMatchObject({ fired: 0, notifications: 0 });
      expect(quiet.get(name)?.windows, name).toBeGreaterThan(50);
    }
  });

  it('fires the throttling rule for both deployments where the same traffic meets a limit that is too low', () => {
    const throttled = starved.get('AzureOpenAIThrottled');
    expect(new Set(throttled?.intervals.map(({ labels }) => labels.ModelDeploymentName))).toEqual(new Set(['chat', 'code']));
    expect(throttled?.notifications).toBeGreaterThan(0);
  });

  it('shows that a fixed amount of tokens is the normal state, and suggests one that is not', () => {
    const baseline = quiet.get('TokenTransactionHigh');
    expect(baseline?.noisy).toBe(true);
    expect(baseline?.firingTime).toBeGreaterThan(0.9 * (TRACE_HOUR.end - TRACE_HOUR.start));
    expect(baseline?.noiseTime).toBe(baseline?.firingTime);
    const { values, threshold, fires, words } = baseline?.suggestion ?? {};
    expect((values?.breaches ?? 0) / (values?.windows ?? 1)).toBeGreaterThan(0.9);
    expect(threshold).toBeGreaterThan(180_000);
    expect(fires).toBeLessThanOrEqual(1);
    expect(words).toContain('that is the normal state');
  });
});
