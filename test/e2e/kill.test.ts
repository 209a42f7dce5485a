import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { randomOf } from '../../src/local/traffic/random.ts';
import { scenarioNamed } from '../../src/local/traffic/scenarios.ts';
import { readJournal } from '../../src/local/traffic/writer.ts';
import { otlpReceiver, SECRET, webhookReceiver } from '../support/receivers.ts';
import { clockPassed, readClock, summaryOf, tocsin } from '../support/run-tocsin.ts';
import { folderOfPacks } from '../support/troubled-world.ts';

const MINUTE = 60_000;
const KILLS = 10;
const dataDir = mkdtempSync(join(tmpdir(), 'tocsin-kill-'));
/** The rules that the scenario is about: what a kill may lose does not depend on how many others are judged beside them. */
const configDir = folderOfPacks('azure-openai');
afterEach(() => {
  for (const folder of [dataDir, configDir]) rmSync(folder, { recursive: true, force: true });
});

describe('SIGKILL at ten random moments of a scenario', () => {
  it('loses no alert and no record, and delivers nothing twice under another id', async () => {
    const webhook = await webhookReceiver();
    const otlp = await otlpReceiver();
    const scenario = scenarioNamed('throttling-storm');
    const args = ['start', '--once', '--output', 'json', '--port', '0', '--data', dataDir, '--config', configDir];
    const start = () => tocsin([...args, '--webhook', webhook.url, '--webhook-secret', SECRET, '--otlp', otlp.url]);
    const random = randomOf(process.env.TOCSIN_TEST_SEED ?? 7);
    const moments = Array.from({ length: KILLS }, () => random.uniform() * (scenario.length - 15)).sort((a, b) => a - b);
    let killed = 0;
    for (const moment of moments) {
      const running = start();
      const startedAt =
        (await readJournal(join(dataDir, 'traffic.json')))?.startedAt ??
        Math.floor(Date.now() / 86_400_000 - 1) * 86_400_000 + scenario.startsAt * MINUTE;
      await clockPassed(dataDir, startedAt + moment * MINUTE, running);
      // Anywhere within the work of that minute, not only at its first instant.
      await new Promise((resolve) => setTimeout(resolve, random.uniform() * 120));
      if (running.child.kill('SIGKILL')) killed += 1;
      await running.finished;
    }
    expect(killed).toBe(KILLS);
    expect(readClock(dataDir)).toBeGreaterThan(0);

    const finished = await start().finished;
    const summary = summaryOf(finished);
    const about = `${finished.stderr.slice(-3_000)}`;
    expect(
      summary.alerts.map(({ rule, resolvedAt }) => [rule, resolvedAt !== null]),
      about,
    ).toEqual([['AzureOpenAIThrottled', true]]);

    const alerts = webhook.got.filter(({ body }) => body.alerts.length > 0);
    const contents = new Map(
      alerts.map(({ id, body }) => [
        id,
        body.alerts.map(({ status, fingerprint, startsAt }) => `${status} ${fingerprint} ${startsAt}`).join(),
      ]),
    );
    expect(new Set(contents.values())).toHaveProperty('size', contents.size);
    expect([...contents.values()].map((content) => content.split(' ')[0])).toEqual(['firing', 'resolved']);
    const bodies = new Map<string, Set<string>>();
    for (const { id, raw } of webhook.got) bodies.set(id, (bodies.get(id) ?? new Set()).add(raw));
    expect([...bodies.values()].map((set) => set.size)).toEqual([...bodies].map(() => 1));

    const journal = JSON.parse(readFileSync(join(dataDir, 'traffic.json'), 'utf8'));
    expect(new Set(otlp.ids).size).toBe(journal.streamed.records);
    webhook.close();
    otlp.close();
  }, 300_000);
});
