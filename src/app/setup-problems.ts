import type { Compiled, Receiver } from '../model/config.ts';
import { ERRORS } from '../model/errors.ts';
import type { Finding } from '../model/finding.ts';
import { fingerprint } from '../model/fingerprint.ts';
import type { Route } from '../model/route.ts';
import type { SetupProblem } from '../model/setup-problem.ts';
import type { ResolvedConfig } from './resolve-config.ts';

/** What the people who look at this installation must know before they trust its silence. Sinks are optional and no problem. */
export function setupProblems({ rules, leftOut }: Compiled, { config, incomplete }: ResolvedConfig): readonly SetupProblem[] {
  const problems: SetupProblem[] = leftOut.map(({ code, file, line, column, message, hint }) => ({
    code,
    where: `${file}:${line}:${column}`,
    what: `${message}; what it is about is not watched`,
    fix: hint ?? ERRORS[code].fix,
  }));
  if (rules.length === 0 && leftOut.length === 0)
    problems.push({
      code: 'TCN-R017',
      where: 'rules/',
      what: 'there is no rule: nothing is watched',
      fix: ERRORS['TCN-R017'].fix,
    });
  for (const { receiver, missing } of incomplete) {
    const isOff = !config.receivers.some(({ name }) => name === receiver.name);
    problems.push({ ...unset(missing), where: `receiver ${receiver.name}`, what: consequence(receiver, isOff) });
  }
  if (receiversOf(config.route).length === 0) {
    const fix = 'name a receiver in the route of tocsin.yaml, with the settings that it needs';
    problems.push({ code: 'TCN-C001', where: 'the route of tocsin.yaml', what: 'no alert is sent to anybody', fix });
  }
  return problems;
}

/** The same for digests. While a problem lasts its finding is extended. */
export function setupFindings(problems: readonly SetupProblem[], now: number): readonly Finding[] {
  return problems.map(({ code, where, what, fix }) => ({
    id: `setup-${fingerprint(code, where, { what })}`,
    kind: 'setup',
    rule: null,
    target: null,
    labels: {},
    severity: 2,
    firstAt: now,
    lastAt: now,
    count: 1,
    value: null,
    summary: `${where}: ${what}. What to do: ${fix}`,
    code,
    evidence: null,
  }));
}

function unset(missing: readonly string[]): Pick<SetupProblem, 'code' | 'fix'> {
  const settings = missing.length === 1 ? 'the app setting' : 'the app settings';
  return { code: 'TCN-C001', fix: `set ${settings} ${missing.join(', ')}, or take the receiver out of tocsin.yaml` };
}

function consequence({ kind }: Receiver, isOff: boolean): string {
  if (isOff) return 'it is told nothing, because its address is not set';
  return kind === 'webhook' ? 'it is sent notifications without a signature' : 'its notifications may be refused';
}

function receiversOf({ receivers, routes }: Route): readonly string[] {
  return [...receivers, ...routes.flatMap(receiversOf)];
}
