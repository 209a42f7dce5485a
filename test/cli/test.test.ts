import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

interface Answer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function tocsin(verb: string, args: readonly string[], cwd: string): Promise<Answer> {
  const module = new URL(`../../src/cli/${verb}.ts`, import.meta.url).href;
  const script = `const { run } = await import(${JSON.stringify(module)}); process.exitCode = await run(process.argv.slice(1));`;
  return new Promise((resolve) => {
    const command = ['--no-warnings', '--input-type=module', '-e', script, '--', ...args];
    execFile(process.execPath, command, { cwd, env: { ...process.env, NO_COLOR: '1' } }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

const RULES = `version: 1
targets: { chat: { type: Microsoft.CognitiveServices/accounts } }
rules:
  - report: Busy
    metric: { name: ModelRequests }
    when: "> 50"
  - report: Untested
    metric: { name: TotalTokens }
    when: "> 50"
`;
const test = (name: string, values: string, findings: string, rule = 'Busy') =>
  `  - { name: ${name}, rule: ${rule}, input: [{ metric: ModelRequests, values: ${values} }], expect: [{ at: 20m, findings: ${findings} }] }\n`;
const GOOD = `version: 1\ntests:\n${test('busy', '20x20', '[{ value: 100 }]')}${test('idle', '1x20', 'none')}`;
const FAILING = `version: 1\ntests:\n${test('idle <&>', '20x20', 'none')}`;
const WEAK = `version: 1\ntests:\n${test('busy', '20x20', '[{}]')}`;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tocsin-test-'));
  const write = async (path: string, text: string) => {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), text);
  };
  await write('rules/busy.yaml', RULES);
  await write('rules/other.yaml', RULES.replaceAll('Busy', 'Other').replaceAll('Untested', 'More'));
  await write('rules/tests/busy.test.yaml', GOOD);
  await write('failing/rules/busy.yaml', RULES);
  await write('failing/rules/tests/busy.test.yaml', FAILING);
  await write('weak/rules/busy.yaml', RULES);
  await write('weak/rules/tests/busy.test.yaml', WEAK);
  await write('broken/rules/busy.yaml', RULES.replace('when:', 'wenn:'));
  await write('broken/rules/tests/busy.test.yaml', `${GOOD}  - { name: bad }\n`);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('tocsin test', () => {
  it('without files runs what lies below rules/, and names the rules that no test runs', async () => {
    const { code, stdout, stderr } = await tocsin('test', [], folder);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^2 tests of 1 rule in \d+\.\d s: all passed\nWithout a test: Untested, Other, More\n$/);
  });

  it('of a rule file runs the tests of its rules', async () => {
    expect((await tocsin('test', ['rules/busy.yaml'], folder)).stdout).toContain('2 tests of 1 rule');
    expect(await tocsin('test', ['rules/other.yaml'], folder)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('there is no test to run'),
    });
  });

  it('runs only the tests that are asked for', async () => {
    expect((await tocsin('test', ['--run', '^idle'], folder)).stdout).toMatch(/^1 test of 1 rule/);
    expect((await tocsin('test', ['--run', 'Busy'], folder)).stdout).toMatch(/^2 tests of 1 rule/);
  });

  it('prints file:line:col, both sides and the input of what fails, and ends with 1', async () => {
    const { code, stdout } = await tocsin('test', [], join(folder, 'failing'));
    expect(code).toBe(1);
    expect(stdout).toMatch(/^rules\/tests\/busy\.test\.yaml:3:\d+ TCN-T003 idle <&>: at 20m a finding that was not expected\n/);
    expect(stdout).toContain('    expected  none\n    got       Busy{} on target report, severity 2, value 100,');
    expect(stdout).toContain('      input   ModelRequests{}: 20x20\n');
    expect(stdout).toMatch(/20m {5}Busy: window to 17m judged, 1 series, 1 in breach/);
    expect(stdout).toMatch(/1 test of 1 rule in \d+\.\d s: 1 failed\n/);
  });

  it('states what cannot be read, runs the rest, and ends with 1', async () => {
    const { code, stdout } = await tocsin('test', ['--output', 'json'], join(folder, 'broken'));
    const report = JSON.parse(stdout);
    expect(code).toBe(1);
    expect(report.ok).toBe(false);
    expect(report.diagnostics.map((one: { code: string; file: string }) => `${one.file} ${one.code}`)).toEqual([
      'rules/tests/busy.test.yaml TCN-T001',
      'rules/busy.yaml TCN-R003',
    ]);
    expect(report.tests.map((one: { failures: { diagnostic: { code: string } }[] }) => one.failures[0]?.diagnostic.code)).toEqual(
      ['TCN-T002', 'TCN-T002'],
    );
  });

  it('speaks JUnit, with what XML needs escaped', async () => {
    const { stdout } = await tocsin('test', ['--output', 'junit'], join(folder, 'failing'));
    expect(stdout).toMatch(
      /^<\?xml version="1.0" encoding="UTF-8"\?>\n<testsuites name="tocsin test" tests="1" failures="1" errors="0" time="/,
    );
    expect(stdout).toContain('<testcase classname="Busy" name="idle &lt;&amp;&gt;" file="rules/tests/busy.test.yaml">');
    expect(stdout).toContain('<failure type="TCN-T003" message="idle &lt;&amp;&gt;: at 20m');
  });

  it('with --mutate tells which wrong rules no test notices', async () => {
    const weak = await tocsin('test', ['--mutate'], join(folder, 'weak'));
    expect(weak.code).toBe(1);
    expect(weak.stdout).toContain(
      'Busy: no test fails when its condition is breached by every value\nBusy: no test fails when its condition is turned round\n3 wrong rules tried: 2 went unnoticed\n',
    );
    const good = await tocsin('test', ['--mutate'], folder);
    expect(good).toMatchObject({ code: 0, stdout: expect.stringContaining('3 wrong rules tried: every one was noticed') });
  });

  it.each([
    ['an unknown form', ['--output', 'xml']],
    ['an unknown option', ['--fast']],
    ['a pattern that is none', ['--run', '(']],
  ])('ends with 2 and explains itself on stderr for %s', async (_, args) => {
    const { code, stdout, stderr } = await tocsin('test', args, folder);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('tocsin test rules/azure-openai.yaml --run Throttled');
  });

  it('leaves its files alone in `tocsin check`, but for their form', async () => {
    const { stdout } = await tocsin('check', ['--output', 'json'], join(folder, 'broken'));
    const report = JSON.parse(stdout);
    expect(report.files).toEqual(['rules/busy.yaml', 'rules/tests/busy.test.yaml']);
    expect(report.diagnostics.map((one: { code: string }) => one.code)).toEqual(['TCN-R003', 'TCN-T001']);
  });
});
