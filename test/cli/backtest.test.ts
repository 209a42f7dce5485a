import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sixHourRules, writeSixHours } from '../support/fixtures/quota.ts';

const TOCSIN = fileURLToPath(new URL('../../src/cli/tocsin.mjs', import.meta.url));
const dir = mkdtempSync(join(tmpdir(), 'tocsin-backtest-'));
const archive = join(dir, 'archive');
const strict = join(dir, 'strict.yaml');
const mild = join(dir, 'mild.yaml');
const PERIOD = ['--archive', archive, '--from', '2026-05-01T06:00Z', '--to', '2026-05-01T12:00Z'];

beforeAll(async () => {
  await writeSixHours(archive);
  writeFileSync(strict, sixHourRules('> 10%'));
  writeFileSync(mild, sixHourRules('> 60%'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function tocsin(...args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [TOCSIN, 'backtest', ...args], { cwd: dir }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : 1, stdout, stderr });
    });
  });
}

describe('tocsin backtest', () => {
  it('tells each alert with its times, and what would have been sent', async () => {
    const { code, stdout } = await tocsin(...PERIOD, '--rules', strict, '--arrival', 'none', '--output', 'json');
    expect(code).toBe(0);
    const { rules, notifications, records } = JSON.parse(stdout);
    const byName = new Map(rules.map((rule: { rule: string }) => [rule.rule, rule]));
    expect(byName.get('Throttled')).toMatchObject({
      fired: 2,
      flapped: 1,
      medianSeconds: 720,
      noisy: true,
      alerts: [
        { startsAt: '2026-05-01T07:02:00.000Z', endsAt: '2026-05-01T07:14:00.000Z', labels: { ModelDeploymentName: 'gpt' } },
        { startsAt: '2026-05-01T07:27:00.000Z', endsAt: '2026-05-01T07:39:00.000Z', flapped: true },
      ],
    });
    expect(byName.get('Refused')).toMatchObject({ fired: 1, noisy: false, alerts: [{ startsAt: '2026-05-01T09:25:00.000Z' }] });
    expect(byName.get('TrafficStopped')).toMatchObject({ fired: 0, unjudged: { evaluations: 0 } });
    const told = notifications.filter(({ group }: { group: { alertname: string } }) => group.alertname === 'Throttled');
    expect(told.map(({ reason }: { reason: string }) => reason)).toEqual([
      'first',
      'all resolved',
      'newly firing',
      'all resolved',
    ]);
    expect(records).toBeGreaterThan(0);
  });

  it('suggests a threshold where a rule is noisy', async () => {
    const { stdout } = await tocsin(...PERIOD, '--rules', strict, '--output', 'json');
    const { suggestion } = JSON.parse(stdout).rules.find(({ rule }: { rule: string }) => rule === 'Throttled');
    expect(suggestion.threshold).toBeGreaterThan(0.3);
    expect(suggestion.fires).toBeLessThanOrEqual(1);
    expect(suggestion.words).toContain('Half of the values are at most 0%');
    const better = join(dir, 'better.yaml');
    writeFileSync(better, sixHourRules(suggestion.when));
    const again = JSON.parse((await tocsin(...PERIOD, '--rules', better, '--output', 'json')).stdout);
    expect(again.rules.find(({ rule }: { rule: string }) => rule === 'Throttled').fired).toBe(suggestion.fires);
  });

  it('compares two versions of the rules', async () => {
    const { stdout } = await tocsin(...PERIOD, '--rules', strict, '--compare', mild, '--output', 'json');
    const { comparison } = JSON.parse(stdout);
    expect(comparison.rules).toMatchObject([
      { rule: 'Throttled', fired: [2, 0], both: 0, onlyHere: [{}, {}], onlyInOther: [] },
      { rule: 'Refused', both: 1, onlyHere: [], onlyInOther: [] },
      { rule: 'TrafficStopped', both: 0 },
    ]);
  });

  it('speaks to people in text, and writes a page that stands alone', async () => {
    const page = join(dir, 'page.html');
    const { code, stdout } = await tocsin(...PERIOD, '--rules', strict, '--html', page);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^3 alerts of 2 rules would have fired, \d+ notifications sent\. 1 rule is noisy\./);
    expect(stdout).toContain('Quiet: 1 rule\n  TrafficStopped');
    expect(stdout.replace(/\s+/g, ' ')).toContain('put to every resource of their type');
    const html = readFileSync(page, 'utf8');
    expect(html).toContain('<h2 id="fired">What would have fired</h2>');
    expect(html).not.toMatch(/<script|src="http|href="http/);
  });

  it.each([
    [['--from', '2026-05-01', '--to', '2026-05-02'], '--archive is missing'],
    [['--archive', '.', '--to', '2026-05-02'], '--from is missing'],
    [['--archive', '.', '--from', 'monday', '--to', '2026-05-02'], '--from monday is not a time'],
    [['--archive', '.', '--from', '2026-05-02', '--to', '2026-05-01'], '--from must be before --to'],
    [[...PERIOD, '--arrival', 'late'], '--arrival late is not understood'],
    [[...PERIOD, '--most', 'few'], '--most few is not a number'],
    [[...PERIOD, '--output', 'xml'], '--output takes text or json'],
  ])('refuses %j', async (args, words) => {
    const { code, stdout, stderr } = await tocsin(...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(words);
  });

  it('says what is wrong with an archive or rules that are not there', async () => {
    const nowhere = await tocsin(
      '--archive',
      join(dir, 'nowhere'),
      '--from',
      '2026-05-01',
      '--to',
      '2026-05-02',
      '--rules',
      strict,
    );
    expect(nowhere).toMatchObject({ code: 1, stdout: '' });
    expect(nowhere.stderr).toContain('TCN-B001');
    const unruly = await tocsin(...PERIOD, '--rules', join(dir, 'none.yaml'));
    expect(unruly).toMatchObject({ code: 1, stdout: '' });
    expect(unruly.stderr).toContain('TCN-R017');
  });
});
