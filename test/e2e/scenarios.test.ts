import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scenarioNamed } from '../../src/local/traffic/scenarios.ts';
import { otlpReceiver, SECRET, webhookReceiver } from '../support/receivers.ts';
import { summaryOf, tocsin } from '../support/run-tocsin.ts';

let dataDir: string;
let webhook: Awaited<ReturnType<typeof webhookReceiver>>;
let otlp: Awaited<ReturnType<typeof otlpReceiver>>;

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'tocsin-e2e-'));
  webhook = await webhookReceiver();
  otlp = await otlpReceiver();
});

afterEach(() => {
  webhook.close();
  otlp.close();
  rmSync(dataDir, { recursive: true, force: true });
});

async function once(scenario: string) {
  const args = ['start', '--once', '--output', 'json', '--scenario', scenario, '--port', '0', '--data', dataDir];
  const finished = await tocsin([...args, '--webhook', webhook.url, '--webhook-secret', SECRET, '--otlp', otlp.url]).finished;
  const summary = summaryOf(finished);
  return { summary, finished, alerts: webhook.got.flatMap(({ body }) => body.alerts) };
}

describe('one command, from traffic to digest', () => {
  it.each(['throttling-storm', 'traffic-stops', 'pipeline-missed', 'slow-model'])(
    '%s fires, is delivered, resolves and is reported',
    async (name) => {
      const { expects } = scenarioNamed(name);
      const { summary, alerts, finished } = await once(name);
      expect(summary.problems, finished.stderr.slice(-3_000)).toEqual([]);
      expect(summary.ok).toBe(true);
      expect(finished.code).toBe(0);

      expect(summary.alerts.map(({ rule }) => rule)).toEqual([expects?.alert]);
      expect(alerts.map(({ status, labels }) => [status, labels.alertname])).toEqual([
        ['firing', expects?.alert],
        ['resolved', expects?.alert],
      ]);
      expect(Object.values(alerts[0]?.labels ?? {})).toContain(expects?.key);
      expect(alerts[0]?.response?.action).toBeTruthy();
      expect(webhook.bad).toEqual([]);
      expect(new Set(webhook.got.map(({ id }) => id)).size).toBe(webhook.got.length);
      expect(webhook.got.some(({ body }) => body.digest !== undefined)).toBe(true);

      expect(otlp.ids).toHaveLength(summary.forwarded.records);
      expect(new Set(otlp.ids).size).toBe(otlp.ids.length);
      expect(summary.forwarded.quarantined).toBe(0);

      const digest = readFileSync(summary.digest.html ?? '', 'utf8');
      expect(digest).toContain(expects?.alert);
      expect(digest).toContain(expects?.key);
      expect(digest).toContain('<svg');
    },
  );

  it('quiet-day fires nothing, and its digest says so', async () => {
    const { summary, alerts } = await once('quiet-day');
    expect(summary.problems).toEqual([]);
    expect(alerts).toEqual([]);
    expect(readFileSync(summary.digest.html ?? '', 'utf8')).toMatch(/quiet/i);
  }, 180_000);

  it('late-data calls nothing absent, and the evaluation log says why', async () => {
    const { summary, alerts, finished } = await once('late-data');
    expect(summary.problems, finished.stderr.slice(-3_000)).toEqual([]);
    expect(alerts).toEqual([]);
    expect(summary.late.join('\n')).toMatch(/RequestLogsStopped: .*data late: newest AzureDiagnostics row is \d+m/);
  }, 180_000);
});
