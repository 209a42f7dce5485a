/** A case as shared/alerting/README.md describes it; what `given` and `expect` hold depends on the kind. */
export interface AlertingCase {
  readonly id: string;
  readonly kind: string;
  readonly given: Fields;
  readonly expect: Fields;
}

export type Fields = Readonly<Record<string, unknown>>;

/** Why Tocsin does not do what a source does: the headings of docs/decisions/0010-alerting-conformance.md. */
export const REASONS = {
  'rule labels': 'labels of a rule are no part of identity, so they cannot make two series one',
  limit: 'a rule beyond its limit keeps what it knows and says so, instead of dropping everything',
  outage: 'after an outage the missed windows are read, so a breach that went on meanwhile counts',
  relapse: 'a relapse goes on with the alert that began before, at its old start',
  'no state of its own': 'no data and errors keep the state and give the reason beside it; they are no states of their own',
  stateful: 'an alert is a state that is told when it changes, not an event of each evaluation',
  'not sent again': 'transitions are told once and delivered until confirmed, not pushed again at every interval',
  released: 'what still fires when a suppression ends is sent',
  'not yet': 'this kind of case, or one with these fields, is not run yet',
} as const;

export type Reason = keyof typeof REASONS;

export type Verdict =
  | { readonly result: 'passed' }
  | { readonly result: 'failed'; readonly why: string }
  | { readonly result: 'unsupported'; readonly reason: Reason; readonly detail?: string };

export const PASSED: Verdict = { result: 'passed' };
export const failed = (why: string): Verdict => ({ result: 'failed', why });
export const unsupported = (reason: Reason): Verdict => ({ result: 'unsupported', reason });

/** A case whose fields are none that its kind is known to have: neither passed nor failed, because nothing was run. */
export function notUnderstood(given: Fields): Verdict {
  return { result: 'unsupported', reason: 'not yet', detail: `fields ${Object.keys(given).join(', ')}` };
}

/** Passed where both are the same value. */
export function compared(what: string, actual: unknown, expected: unknown): Verdict {
  const [got, want] = [JSON.stringify(sorted(actual)), JSON.stringify(sorted(expected))];
  return got === want ? PASSED : failed(`${what}: ${got} instead of ${want}`);
}

/** The first that did not pass. */
export function allOf(verdicts: readonly Verdict[]): Verdict {
  return verdicts.find(({ result }) => result !== 'passed') ?? PASSED;
}

export function number(value: unknown, otherwise = 0): number {
  return typeof value === 'number' ? value : otherwise;
}

export function text(value: unknown, otherwise = ''): string {
  return typeof value === 'string' ? value : otherwise;
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

/** The operator in Tocsin's spelling, from any of the sources' words. */
export function operatorOf(word: unknown): string {
  const words: Readonly<Record<string, string>> = {
    greaterthan: '>',
    greaterthanorequal: '>=',
    greaterorlessthan: '!=',
    lessthan: '<',
    lessthanorequal: '<=',
    equals: '==',
    equal: '==',
    gt: '>',
    gte: '>=',
    ge: '>=',
    lt: '<',
    lte: '<=',
    le: '<=',
    eq: '==',
    ne: '!=',
  };
  const given = text(word, '>');
  return words[given.toLowerCase()] ?? given;
}

function sorted(value: unknown): unknown {
  if (typeof value === 'number') return Number(value.toPrecision(10));
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => [key, sorted(one)]),
  );
}
