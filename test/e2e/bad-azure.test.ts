import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openArchive } from '../../src/local/archive/archive.ts';
import { type Monitor, startMonitor } from '../../src/local/monitor/monitor.ts';
import { ESTATE } from '../../src/local/traffic/estate.ts';
import { otlpReceiver, SECRET, webhookReceiver } from '../support/receivers.ts';
import { expectAllElseWell, folderOfPacks, REPORTED, type Troubled, troubledWorld } from '../support/troubled-world.ts';

const WORKSPACE = '^/v1/workspaces/';
const METRICS = 'metrics:getBatch$|microsoft\\.insights/metrics$';
/** The one of them that is judged within the first minutes. */
const EVERY_MINUTE = 'AzureOpenAIAuthenticationRefused';
const LOG_RULES = [EVERY_MINUTE, 'RequestLogsStopped', 'CallsToMissingDeployment'];

let configDir: string;
let webhook: Awaited<ReturnType<typeof webhookReceiver>>;
let otlp: Awaited<ReturnType<typeof otlpReceiver>>;
let troubled: Troubled;

beforeEach(async () => {
  configDir = folderOfPacks('azure-openai', 'ingestion');
  webhook = await webhookReceiver();
  otlp = await otlpReceiver();
  troubled = await troubledWorld({ configDir, webhook: { url: webhook.url, secret: SECRET }, otlp: otlp.url });
});

afterEach(async () => {
  await troubled.close();
  webhook.close();
  otlp.close();
  rmSync(configDir, { recursive: true });
});

/** Newest outcome and code of each rule, as a script reads them. */
async function verdicts(): Promise<ReadonlyMap<string, readonly [outcome: string, code: string | null]>> {
  const { rules } = await troubled.status();
  return new Map(rules.flatMap(({ id, lastEvaluation: last }) => (last === null ? [] : [[id, [last.outcome, last.code]]])));
}

describe('a workspace that cannot be read, and metrics that are throttled', () => {
  it('are said of every rule concerned, with code and advice; windows are judged when Azure answers, and nothing else waits', async () => {
    const { world, runTo, page, stderr, status } = troubled;
    const refused = { path: WORKSPACE, status: 403, code: 'InsufficientAccessError', message: 'no access to this workspace' };
    world.monitor.inject([refused]);
    await runTo(3);
    world.monitor.inject([refused, { path: METRICS, status: 429 }]);
    await runTo(6);
    const throttled = await verdicts();
    expect(throttled.get('AzureOpenAIThrottled')).toEqual(['unknown', 'TCN-A001']);
    expect(throttled.get(EVERY_MINUTE)).toEqual(['unknown', 'TCN-A003']);
    expect(await status()).toMatchObject({ status: 'degraded', errors: [] });
    expect(webhook.got).toEqual([]);

    world.monitor.inject([refused, { path: METRICS, status: 529 }]);
    await runTo(8);
    expect((await verdicts()).get('AzureOpenAIThrottled')).toEqual(['unknown', 'TCN-A001']);
    const home = await page('/');
    expect(home.text).toMatch(/rules could not be judged at the last evaluation, so silence of them says nothing:/);
    const rule = await page(`/rules/${EVERY_MINUTE}`);
    expect(rule.text).toMatch(
      /no verdict error: log query of workspace \S+: HTTP 403 InsufficientAccessError no access to this workspace TCN-A003/,
    );
    expect((await page('/api/health')).code).toBe(200);

    world.monitor.inject([refused]);
    await runTo(10);
    expect((await verdicts()).get('AzureOpenAIThrottled')).toEqual(['judged', null]);
    await runTo(REPORTED - 5);
    world.monitor.inject([{ path: WORKSPACE, status: 504, code: 'GatewayTimeout', message: 'the query timed out' }]);
    await runTo(REPORTED);
    await expectAllElseWell(troubled, webhook.got, otlp.ids);
    for (const each of LOG_RULES) expect((await verdicts()).get(each), each).toEqual(['unknown', 'TCN-A008']);

    const [digest] = (await status()).digests ?? [];
    const told = (await page(`${digest?.path}?form=text`)).text;
    expect(told).toContain('Could not be judged: silence of these rules says nothing');
    for (const each of LOG_RULES) expect(told).toContain(each);
    expect(told).toMatch(/TCN-A00[38]/);
    expect(told.slice(told.indexOf('Quiet rules'))).not.toContain('RequestLogsStopped');
    const said = stderr();
    expect(said).toMatch(/no verdict: AzureOpenAIAuthenticationRefused TCN-A003 .*no access to this workspace/);
    expect(said).toMatch(/TCN-A003 Azure refused the identity: grant the role/);
    expect(said).toMatch(/no verdict: AzureOpenAIThrottled TCN-A001 throttled/);
    expect(said).toMatch(/judged again: AzureOpenAIThrottled/);
  });
});

describe('Azure Monitor that refuses every connection', () => {
  let again: Monitor | undefined;
  afterEach(() => again?.close());

  it('is said with its code; when it is back, the windows of that time are judged and the alert comes', async () => {
    const { world, dataDir, runTo, page, stderr } = troubled;
    await runTo(3);
    await world.monitor.close();
    await runTo(9);
    expect((await verdicts()).get('AzureOpenAIThrottled')).toEqual(['unknown', 'TCN-A002']);
    expect((await page('/rules/AzureOpenAIThrottled')).text).toMatch(/ECONNREFUSED.* TCN-A002/);
    expect((await page('/api/health')).code).toBe(200);
    expect(webhook.got).toEqual([]);
    expect(otlp.ids.length).toBe(world.traffic.streamed.records);

    const port = Number(new URL(world.monitor.url).port);
    const archive = openArchive(join(dataDir, 'archive'));
    again = await startMonitor({ archive, clock: () => world.clock.now(), estate: ESTATE, port });
    await runTo(REPORTED);
    await expectAllElseWell(troubled, webhook.got, otlp.ids);
    expect(stderr()).toMatch(/no verdict: AzureOpenAIThrottled TCN-A002 /);
    expect(stderr()).toMatch(/judged again: AzureOpenAIThrottled/);
  });
});
