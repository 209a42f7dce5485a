import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import type { MonitorAnswer, MonitorRequest } from './http.ts';
import { LATENESS, type Lateness } from './lateness.ts';

const injection = z.strictObject({
  /** A regular expression over the path, compared without case. */
  path: z.string(),
  method: z.string().optional(),
  /** A part of the request's body, e.g. of a query. */
  body: z.string().optional(),
  /** The first matching request that it applies to, counted from 1. */
  from: z.int().min(1).default(1),
  /** How many requests it applies to; all that follow when left out. */
  times: z.int().min(1).optional(),
  /** Milliseconds before anything is answered. */
  delay: z.int().min(0).default(0),
  /** Answered instead of the data: 204, 403, 429, 504, 529, … */
  status: z.int().min(100).max(599).optional(),
  headers: z.record(z.string(), z.string()).default({}),
  /** The error's code and text in the answer; for a log query without `status`, what is put beside the tables as a partial error. */
  code: z.string().default(''),
  message: z.string().default('injected'),
});

type Checked = z.output<typeof injection>;

/** One fault: which requests it meets, and what they get; or how late rows arrive. */
export type Injection = z.input<typeof injection> | z.input<typeof LATENESS>;

export const INJECTIONS = z.array(z.union([injection, LATENESS]));

/** What a request meets, if anything. */
export interface Fault {
  /** The whole answer, instead of the data. */
  readonly answer: MonitorAnswer | null;
  /** Put beside the tables of a log query. */
  readonly partial: { readonly code: string; readonly message: string } | null;
}

export interface Injector {
  /** Replaces all rules and counts anew. Throws a ZodError for rules of another form. */
  set(rules: readonly Injection[]): void;
  /** Counts the request; waits where a rule says so. */
  meet(request: MonitorRequest): Promise<Fault>;
  /** How late rows arrive. */
  lateness(): readonly Lateness[];
}

export function createInjector(initial: readonly Injection[]): Injector {
  let rules: { readonly rule: Checked; readonly path: RegExp; seen: number }[] = [];
  let late: readonly Lateness[] = [];
  const set: Injector['set'] = (next) => {
    const checked = INJECTIONS.parse(next);
    rules = checked.flatMap((rule) => ('path' in rule ? [{ rule, path: new RegExp(rule.path, 'i'), seen: 0 }] : []));
    late = checked.filter((rule) => 'late' in rule);
  };
  set(initial);
  return {
    set,
    lateness: () => late,
    meet: async (request) => {
      let met: Checked | null = null;
      for (const entry of rules) {
        const { rule } = entry;
        if (!entry.path.test(request.path)) continue;
        if (rule.method !== undefined && rule.method !== request.method) continue;
        if (rule.body !== undefined && !request.body.includes(rule.body)) continue;
        entry.seen += 1;
        const within = entry.seen >= rule.from && entry.seen < rule.from + (rule.times ?? Number.POSITIVE_INFINITY);
        if (within) met ??= rule;
      }
      if (met === null) return { answer: null, partial: null };
      if (met.delay > 0) await setTimeout(met.delay);
      return faultOf(met);
    },
  };
}

function faultOf({ status, headers, code, message }: Checked): Fault {
  if (status === undefined) return { answer: null, partial: code === '' ? null : { code, message } };
  if (status === 204) return { answer: { status, headers }, partial: null };
  const error = { error: { code: code === '' ? `Status${status}` : code, message } };
  return {
    answer: { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(error) },
    partial: null,
  };
}
