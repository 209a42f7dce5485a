import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { otlpReceiver, SECRET, webhookReceiver } from '../support/receivers.ts';
import { summaryOf, tocsin } from '../support/run-tocsin.ts';
import { folderOf, projectFile } from '../support/troubled-world.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The list that begins in line 7 has no end. */
const NO_YAML = `version: 1
targets:
  chat: { type: Microsoft.CognitiveServices/accounts, kinds: [OpenAI] }
rules:
  - report: NeverRead
    on: chat
    metric: { name: ModelRequests, by: [ModelDeploymentName
    when: "> 0"
`;

const MIXED = `version: 1
targets:
  chat: { type: Microsoft.CognitiveServices/accounts, kinds: [OpenAI] }
rules:
  - report: GoodBefore
    on: chat
    metric: { name: ModelRequests, aggregate: total, by: [ModelDeploymentName] }
    window: 5m
    when: "> 0"
    summary: a good neighbour above
  - report: Misspelt
    on: chat
    metric: { name: ModelRequests, aggregate: total, by: [ModelDeploymentName] }
    windwo: 5m
    when: "> 0"
  - alert: NobodyResponds
    on: chat
    metric: { name: ModelRequests, aggregate: total, by: [ModelDeploymentName] }
    window: 5m
    when: "> 0"
  - report: NoSuchColumn
    on: chat
    log:
      query: |
        AzureDiagnostics
        | where Catgory == "RequestResponse"
        | summarize Calls = count() by _ResourceId
      value: Calls
    window: 1h
    every: 15m
    when: "> 0"
  - report: GoodAfter
    on: chat
    metric: { name: ModelRequests, aggregate: total, by: [ModelDeploymentName] }
    window: 5m
    when: "> 0"
    summary: a good neighbour below
`;

/** Where each trouble stands, as an editor or a terminal links it, and its code. */
const PLACES = [
  /rules\/broken\.yaml:8:5 TCN-R001 /,
  /rules\/mixed\.yaml:14:5 TCN-R003 .*windwo/,
  /rules\/mixed\.yaml:16:5 TCN-R004 /,
  /rules\/mixed\.yaml:26:17 TCN-R015 .*Catgory/,
];

const UNREADABLE = /rules\/no-file\.yaml:1:1 TCN-R017 EISDIR/;

const made: string[] = [];
const folder = (files: Readonly<Record<string, string>>): string => {
  made.push(folderOf(files));
  return made.at(-1) ?? '';
};
const emptyFolder = (): string => {
  made.push(mkdtempSync(join(tmpdir(), 'tocsin-bad-')));
  return made.at(-1) ?? '';
};
afterAll(() => {
  for (const path of made) rmSync(path, { recursive: true, force: true });
});

/** `npm run build` without npm's own words. */
function build(config: string, out: string) {
  return spawnSync(process.execPath, ['src/local/build/main.ts', '--config', config, '--out', out], {
    cwd: ROOT,
    encoding: 'utf8',
  });
}

describe('broken rules among good ones', () => {
  let config: string;
  beforeAll(() => {
    config = folder({
      'tocsin.yaml': projectFile('tocsin.yaml'),
      'rules/azure-openai.yaml': projectFile('rules/azure-openai.yaml'),
      'rules/broken.yaml': NO_YAML,
      'rules/mixed.yaml': MIXED,
      'rules/no-file.yaml/inside.txt': 'a folder that is named like a file',
    });
  });

  it('are told by `tocsin start` with place, code and advice, while the good ones watch, alert, report and forward', async () => {
    const webhook = await webhookReceiver();
    const otlp = await otlpReceiver();
    const run = ['start', '--once', '--output', 'json', '--port', '0', '--data', emptyFolder(), '--config', config];
    const finished = await tocsin([...run, '--webhook', webhook.url, '--webhook-secret', SECRET, '--otlp', otlp.url]).finished;
    webhook.close();
    otlp.close();
    const { stderr } = finished;
    for (const place of [...PLACES, UNREADABLE]) expect(stderr).toMatch(place);
    expect(stderr).toMatch(/did you mean `window`/);

    const summary = summaryOf(finished);
    expect(summary.problems, stderr.slice(-3_000)).toEqual([]);
    expect(finished.code).toBe(0);
    expect(summary.alerts.map(({ rule }) => rule)).toEqual(['AzureOpenAIThrottled']);
    expect(webhook.got.flatMap(({ body }) => body.alerts.map(({ status }) => status))).toEqual(['firing', 'resolved']);
    expect(new Set(otlp.ids).size).toBe(summary.forwarded.records);
    const digest = readFileSync(summary.digest.html ?? '', 'utf8');
    for (const good of ['a good neighbour above', 'a good neighbour below']) expect(digest).toContain(good);
    for (const bad of ['NeverRead', 'Misspelt', 'NobodyResponds', 'NoSuchColumn']) expect(digest).not.toContain(bad);
  });

  it('fail `npm run build` with the same places, and the folder that it writes holds the good ones', () => {
    const out = emptyFolder();
    const { status, stderr } = build(config, out);
    expect(status).toBe(1);
    for (const place of [...PLACES, UNREADABLE]) expect(stderr).toMatch(place);
    const { rules } = JSON.parse(readFileSync(join(out, 'compiled.json'), 'utf8')) as { rules: { id: string }[] };
    const ids = rules.map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(['AzureOpenAIThrottled', 'GoodBefore', 'GoodAfter']));
    expect(ids).not.toEqual(expect.arrayContaining([expect.stringMatching(/NeverRead|Misspelt|NobodyResponds|NoSuchColumn/)]));
  });

  it('fail `tocsin check` with the same places', async () => {
    const { code, stdout } = await tocsin(['check', join(config, 'rules')]).finished;
    expect(code).toBe(1);
    for (const place of PLACES) expect(stdout).toMatch(place);
  });
});

describe('a configuration that cannot be used', () => {
  it('stops `tocsin start` before anything runs, with place and code and no stack', async () => {
    const written = 'version: 1\nreceivers:\n  - name: on-call\n    webhok: { url: "https://example.com" }\n';
    const config = folder({ 'tocsin.yaml': written, 'rules/azure-openai.yaml': projectFile('rules/azure-openai.yaml') });
    const { code, stdout, stderr } = await tocsin(['start', '--once', '--data', emptyFolder(), '--config', config]).finished;
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/tocsin\.yaml:4:5 TCN-C003 .*webhok/);
    expect(stderr).not.toMatch(/starting storage|^\s+at /m);
    const out = emptyFolder();
    expect(build(config, out).status).toBe(1);
  });

  it('without a folder of rules stops as well, with the path', async () => {
    const config = emptyFolder();
    const { code, stderr } = await tocsin(['start', '--once', '--data', emptyFolder(), '--config', config]).finished;
    expect(code).toBe(1);
    expect(stderr).toContain('TCN-R017');
    expect(stderr).toContain(join(config, 'rules'));
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});
