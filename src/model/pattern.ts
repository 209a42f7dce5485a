import { type Assertion, type Node, parsePattern, Refused } from './pattern-syntax.ts';

/**
 * Regular expressions in RE2's syntax, for matchers that people write into configuration and silences. The expression is run as an
 * automaton: its time grows with the length of text and expression only, so that no expression can hold up a flush.
 */
export interface Pattern {
  /** Whether the whole text is described. */
  matches(text: string): boolean;
}

type Step = { readonly kind: 'one'; readonly test: RegExp } | { readonly kind: 'assert'; readonly at: Assertion } | Fork;

/** Goes on at each of these steps. */
interface Fork {
  readonly kind: 'fork';
  to: readonly number[];
}

/** `(a{1000}){1000}` would have a million. */
const MOST_STEPS = 5_000;

/** The compiled expression; a text says what is wrong with it. */
export function compilePattern(source: string): Pattern | string {
  try {
    const steps: Step[] = [];
    emit(parsePattern([...source]), steps);
    return { matches: (text) => run(steps, [...text]) };
  } catch (thrown) {
    if (thrown instanceof Refused) return thrown.message;
    throw thrown;
  }
}

/** Appends the steps of a node; whoever is through is at the step after them. */
function emit(node: Node, steps: Step[]): void {
  switch (node.kind) {
    case 'one':
    case 'assert':
      add(steps, node);
      return;
    case 'all':
      for (const item of node.items) emit(item, steps);
      return;
    case 'any': {
      const start = fork(steps);
      const starts: number[] = [];
      const ends: { to: readonly number[] }[] = [];
      for (const item of node.items) {
        starts.push(steps.length);
        emit(item, steps);
        ends.push(fork(steps));
      }
      start.to = starts;
      for (const end of ends) end.to = [steps.length];
      return;
    }
    case 'repeat':
      repeat(node, steps);
  }
}

function repeat({ item, min, max }: Node & { readonly kind: 'repeat' }, steps: Step[]): void {
  for (let times = 0; times < min; times++) emit(item, steps);
  if (max === Number.POSITIVE_INFINITY) {
    const begin = steps.length;
    const more = fork(steps);
    emit(item, steps);
    fork(steps, [begin]);
    more.to = [begin + 1, steps.length];
    return;
  }
  const exits: { readonly exit: Fork; readonly inside: number }[] = [];
  for (let times = min; times < max; times++) {
    exits.push({ exit: fork(steps), inside: steps.length });
    emit(item, steps);
  }
  for (const { exit, inside } of exits) exit.to = [inside, steps.length];
}

function fork(steps: Step[], to: readonly number[] = []): Fork {
  return add(steps, { kind: 'fork', to });
}

function add<Added extends Step>(steps: Step[], step: Added): Added {
  if (steps.length >= MOST_STEPS) throw new Refused('too large: its repetitions multiply');
  steps.push(step);
  return step;
}

function run(steps: readonly Step[], text: readonly string[]): boolean {
  let current = reach([0], steps, text, 0);
  for (const [index, character] of text.entries()) {
    if (current.size === 0) return false;
    const next: number[] = [];
    for (const at of current) {
      const step = steps[at];
      if (step?.kind === 'one' && step.test.test(character)) next.push(at + 1);
    }
    current = reach(next, steps, text, index + 1);
  }
  return current.has(steps.length);
}

/** Every step that can be come to from `from` without taking a character. */
function reach(from: readonly number[], steps: readonly Step[], text: readonly string[], position: number): ReadonlySet<number> {
  const reached = new Set<number>();
  const open = [...from];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (reached.has(at)) continue;
    reached.add(at);
    const step = steps[at];
    if (step?.kind === 'fork') open.push(...step.to);
    if (step?.kind === 'assert' && holds(step.at, text, position)) open.push(at + 1);
  }
  return reached;
}

function holds(assertion: Assertion, text: readonly string[], position: number): boolean {
  const before = text[position - 1];
  const after = text[position];
  switch (assertion) {
    case 'text start':
      return before === undefined;
    case 'text end':
      return after === undefined;
    case 'line start':
      return before === undefined || before === '\n';
    case 'line end':
      return after === undefined || after === '\n';
    case 'boundary':
      return isWord(before) !== isWord(after);
    case 'no boundary':
      return isWord(before) === isWord(after);
  }
}

function isWord(character: string | undefined): boolean {
  return character !== undefined && /^[0-9A-Za-z_]$/.test(character);
}
