import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

interface Answer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one verb in a process of its own, as the command line does. */
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

const RULE = `version: 1
targets: { chat: { type: Microsoft.CognitiveServices/accounts } }
rules:
  - report: Fine
    metric: { name: ModelRequests }
    when: "> 5"
`;
const WARNED = RULE.replace('name: ModelRequests', 'name: ServerErrors');
const WRONG = RULE.replace('when:', 'wenn:').replace('ModelRequests', 'ModelRequest');

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tocsin-check-'));
  await mkdir(join(folder, 'rules', 'team'), { recursive: true });
  await writeFile(join(folder, 'rules', 'fine.yaml'), RULE);
  await writeFile(
    join(folder, 'rules', 'team', 'logs.yml'),
    'version: 1\nrules:\n  - report: Logs\n    log: { table: AmlComputeJobEvent }\n    when: "> 5"\n',
  );
  await writeFile(join(folder, 'tocsin.yaml'), 'version: 1\n');
  await writeFile(join(folder, 'warned.yaml'), WARNED);
  await writeFile(join(folder, 'wrong.yaml'), WRONG);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('tocsin check', () => {
  it('without files checks rules/ and tocsin.yaml, and ends with 0 when there is nothing to say', async () => {
    const { code, stdout, stderr } = await tocsin('check', [], folder);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^0 alerts and 2 reports in 3 files: nothing to object to\n/);
    expect(stdout).toContain('Microsoft.MachineLearningServices/workspaces  AmlComputeJobEvent  (Logs)');
  });

  it('finds nothing in the built-in rules', async () => {
    const { code, stdout } = await tocsin('check', ['--output', 'json', '--cost'], root);
    const outcome = JSON.parse(stdout);
    expect(code).toBe(0);
    expect(outcome).toMatchObject({ schemaVersion: 1, ok: true, diagnostics: [] });
    expect(outcome.files).toContain('tocsin.yaml');
    expect(outcome.cost.metricCallsPerHour).toBeGreaterThan(0);
  });

  it('prints errors as file:line:col code message and ends with 1', async () => {
    const { code, stdout, stderr } = await tocsin('check', ['wrong.yaml'], folder);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toBe(
      'wrong.yaml:6:5 TCN-R003 unknown key `wenn`\n    did you mean `when`?\n0 alerts and 0 reports in 1 file: 1 error\n',
    );
  });

  it('ends with 3 when there are only warnings', async () => {
    const { code, stdout } = await tocsin('check', ['warned.yaml'], folder);
    expect(code).toBe(3);
    expect(stdout).toMatch(/^warned\.yaml:5:21 warning TCN-R013 .*\n {4}use `ModelRequests`/);
  });

  it('ends with 1 when a file cannot be read, and still checks the others', async () => {
    const { code, stdout } = await tocsin('check', ['absent.yaml', 'warned.yaml'], folder);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^absent\.yaml:1:1 TCN-R017 ENOENT/);
    expect(stdout).toContain('TCN-R013');
  });

  it.each([
    ['an unknown option', ['--colour']],
    ['an unknown form', ['--output', 'xml']],
  ])('ends with 2 and explains itself on stderr for %s', async (_, args) => {
    const { code, stdout, stderr } = await tocsin('check', args, folder);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('tocsin check rules/azure-openai.yaml --output github');
  });

  it('ends with 2 where there is nothing to check', async () => {
    const { code, stderr } = await tocsin('check', [], join(folder, 'rules', 'team'));
    expect(code).toBe(2);
    expect(stderr).toContain('there is nothing to check');
  });

  it('speaks GitHub', async () => {
    const { code, stdout } = await tocsin('check', ['wrong.yaml', 'warned.yaml', '--output', 'github'], folder);
    expect(code).toBe(1);
    const [first, second] = stdout.split('\n');
    expect(first).toBe(
      '::error file=wrong.yaml,line=6,col=5,title=TCN-R003 unknown key::unknown key `wenn`. did you mean `when`?',
    );
    expect(second).toMatch(/^::warning file=warned\.yaml,line=5,col=21,title=TCN-R013 /);
  });

  it('speaks JUnit', async () => {
    const { stdout } = await tocsin('check', ['wrong.yaml', 'rules', '--output', 'junit'], folder);
    expect(stdout).toMatch(/^<\?xml version="1.0" encoding="UTF-8"\?>\n<testsuite name="tocsin check" tests="3" failures="1">\n/);
    expect(stdout).toContain('<failure type="TCN-R003" message="unknown key `wenn`">wrong.yaml:6:5 unknown key `wenn`');
    expect(stdout).toContain('<testcase classname="tocsin check" name="rules/fine.yaml"/>');
  });

  it('speaks JSON, with everything that the text says', async () => {
    const { stdout } = await tocsin('check', ['wrong.yaml', '--output', 'json'], folder);
    expect(JSON.parse(stdout)).toEqual({
      schemaVersion: 1,
      ok: false,
      files: ['wrong.yaml'],
      rules: { alerts: 0, reports: 0 },
      diagnostics: [
        {
          code: 'TCN-R003',
          severity: 'error',
          file: 'wrong.yaml',
          line: 6,
          column: 5,
          message: 'unknown key `wenn`',
          hint: 'did you mean `when`?',
        },
      ],
      categories: [],
      cost: null,
    });
  });

  it('begins its help with two examples', async () => {
    const { code, stdout } = await tocsin('check', ['--help'], folder);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^tocsin check\ntocsin check rules/);
  });
});

describe('tocsin schema', () => {
  it('prints the JSON Schema of rule files, or of tocsin.yaml', async () => {
    const { code, stdout } = await tocsin('schema', [], folder);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ title: 'Tocsin rule file', $schema: 'http://json-schema.org/draft-07/schema#' });
    expect(JSON.parse((await tocsin('schema', ['--config'], folder)).stdout)).toMatchObject({ title: 'Tocsin configuration' });
  });

  it('ends with 2 for an unknown option', async () => {
    expect(await tocsin('schema', ['--yaml'], folder)).toMatchObject({ code: 2, stdout: '' });
  });
});
