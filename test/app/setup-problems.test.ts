import { describe, expect, it } from 'vitest';
import { resolveConfig } from '../../src/app/resolve-config.ts';
import { setupFindings, setupProblems } from '../../src/app/setup-problems.ts';
import type { Compiled } from '../../src/model/config.ts';
import { compile } from '../../src/rules/compile.ts';

const GOOD = '  - report: R\n    log: { table: AmlComputeJobEvent }\n    when: "> 5"\n';
const ROUTED = 'route: { receivers: [on-call] }\n';
const WEBHOOK = `version: 1
receivers:
  - name: on-call
    webhook: { url: "\${HOOK}", secret: "\${SECRET}" }
${ROUTED}`;

/** Rules and tocsin.yaml as an app with these settings has them. */
function problemsOf(rules: string, config: string, settings: Readonly<Record<string, string>>) {
  const files = [{ path: 'rules/mine.yaml', text: `version: 1\nrules:${rules === '' ? ' []' : `\n${rules}`}` }];
  const { compiled } = compile({ rules: files, config: { path: 'tocsin.yaml', text: config }, diagnostics: [] }, 'now');
  return setupProblems(compiled as Compiled, resolveConfig((compiled as Compiled).config, settings, false));
}

describe('what keeps the app from doing what its files say', () => {
  const set = { HOOK: 'https://hook.example', SECRET: 'whsec_x' };

  it('is nothing where every rule is built and every receiver has its settings', () => {
    expect(problemsOf(GOOD, WEBHOOK, set)).toEqual([]);
  });

  it('is each rule that was left out, with its place, code and advice', () => {
    const [problem, ...others] = problemsOf(`${GOOD}  - report: Bad\n    windwo: 5m\n`, WEBHOOK, set);
    expect(problem).toMatchObject({ code: 'TCN-R003', where: 'rules/mine.yaml:7:5' });
    expect(problem?.what).toContain('windwo');
    expect(problem?.fix).toContain('window');
    expect(others.every(({ where }) => where.startsWith('rules/mine.yaml:'))).toBe(true);
  });

  it('is a receiver without its address, and that nobody is left to be told', () => {
    expect(problemsOf(GOOD, WEBHOOK, {})).toMatchObject([
      {
        code: 'TCN-C001',
        where: 'receiver on-call',
        what: expect.stringContaining('told nothing'),
        fix: expect.stringContaining('HOOK, SECRET'),
      },
      { what: 'no alert is sent to anybody' },
    ]);
  });

  it('is a receiver that is sent notifications without the signature it expects', () => {
    expect(problemsOf(GOOD, WEBHOOK, { HOOK: set.HOOK })).toMatchObject([
      {
        code: 'TCN-C001',
        where: 'receiver on-call',
        what: expect.stringContaining('without a signature'),
        fix: expect.stringContaining('SECRET'),
      },
    ]);
  });

  it('is not a receiver that only a route below the root names', () => {
    const below = WEBHOOK.replace(
      ROUTED,
      'route:\n  routes:\n    - matchers: [\'severity="error"\']\n      receivers: [on-call]\n',
    );
    expect(problemsOf(GOOD, below, set)).toEqual([]);
  });

  it('is that nothing is watched where there is no rule', () => {
    expect(problemsOf('', WEBHOOK, set)).toMatchObject([{ code: 'TCN-R017', what: 'there is no rule: nothing is watched' }]);
  });
});

describe('findings of it', () => {
  it('keep their ids while the problem lasts, so that a digest counts it once', () => {
    const problems = problemsOf(`${GOOD}  - report: Bad\n`, WEBHOOK, {});
    const [first, later] = [setupFindings(problems, 0), setupFindings(problems, 3_600_000)];
    expect(later.map(({ id }) => id)).toEqual(first.map(({ id }) => id));
    expect(new Set(first.map(({ id }) => id)).size).toBe(problems.length);
    expect(first[0]).toMatchObject({
      kind: 'setup',
      code: 'TCN-R002',
      firstAt: 0,
      summary: expect.stringMatching(/^rules\/mine\.yaml:\d+:\d+: .*What to do: /),
    });
  });
});
