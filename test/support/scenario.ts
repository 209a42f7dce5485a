import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { OnceSummary } from '../../src/local/once.ts';
import { scenarioNamed } from '../../src/local/traffic/scenarios.ts';
import { type GotWebhook, otlpReceiver, SECRET, webhookReceiver } from './receivers.ts';
import { summaryOf, tocsin } from './run-tocsin.ts';

/** What a run of `tocsin start --once` said and sent. */
export interface Ran {
  readonly summary: OnceSummary;
  readonly code: number | null;
  readonly stderr: string;
  readonly told: readonly GotWebhook[];
  /** Requests whose signature was wrong. */
  readonly bad: readonly unknown[];
  /** `log.record.uid` of every record that the sink took. */
  readonly records: readonly string[];
  /** The page of the digest; empty where there is none. */
  readonly digest: string;
}

/** Runs a scenario as a user does, in a process of its own, with receivers that verify. `configDir` is the project's own by default. */
export async function runScenario(name: string, configDir?: string): Promise<Ran> {
  const dataDir = mkdtempSync(join(tmpdir(), 'tocsin-e2e-'));
  const webhook = await webhookReceiver();
  const otlp = await otlpReceiver();
  try {
    const args = ['start', '--once', '--output', 'json', '--scenario', name, '--port', '0', '--data', dataDir];
    const receivers = ['--webhook', webhook.url, '--webhook-secret', SECRET, '--otlp', otlp.url];
    const config = configDir === undefined ? [] : ['--config', configDir];
    const finished = await tocsin([...args, ...receivers, ...config]).finished;
    const summary = summaryOf(finished);
    const digest = summary.digest.html === null ? '' : readFileSync(summary.digest.html, 'utf8');
    const { code, stderr } = finished;
    return { summary, code, stderr, told: webhook.got, bad: webhook.bad, records: otlp.ids, digest };
  } finally {
    webhook.close();
    otlp.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** That a scenario's incident, and nothing else, fired, was delivered, resolved and was reported, and every record was forwarded once. */
export function expectIncidentTold(name: string, { summary, code, stderr, told, bad, records, digest }: Ran): void {
  const { expects } = scenarioNamed(name);
  expect(summary.problems, stderr.slice(-3_000)).toEqual([]);
  expect(summary.ok).toBe(true);
  expect(code).toBe(0);

  const alerts = told.flatMap(({ body }) => body.alerts);
  expect(summary.alerts.map(({ rule }) => rule)).toEqual([expects?.alert]);
  expect(alerts.map(({ status, labels }) => [status, labels.alertname])).toEqual([
    ['firing', expects?.alert],
    ['resolved', expects?.alert],
  ]);
  expect(Object.values(alerts[0]?.labels ?? {})).toContain(expects?.key);
  expect(alerts[0]?.response?.action).toBeTruthy();
  expect(bad).toEqual([]);
  expect(new Set(told.map(({ id }) => id)).size).toBe(told.length);
  expect(told.some(({ body }) => body.digest !== undefined)).toBe(true);

  expect(records).toHaveLength(summary.forwarded.records);
  expect(new Set(records).size).toBe(records.length);
  expect(summary.forwarded.quarantined).toBe(0);

  expect(digest).toContain(expects?.alert);
  expect(digest).toContain(expects?.key);
  expect(digest).toContain('<svg');
}
