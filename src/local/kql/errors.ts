import { type Diagnostic, ERRORS, type ErrorCode } from '../../model/errors.ts';

/** A place in the query text, both counted from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Thrown while a query is compiled: it is wrong (TCN-R015), or it asks for what this engine does not do (TCN-L003). */
export class QueryProblem extends Error {
  override readonly name = 'QueryProblem';
  readonly code: ErrorCode;
  readonly at: Place;
  /** What to write instead, where that can be guessed. */
  readonly hint: string | null;
  constructor(code: ErrorCode, at: Place, message: string, hint: string | null = null) {
    super(message);
    this.code = code;
    this.at = at;
    this.hint = hint;
  }
}

export function unsupported(what: string, at: Place): QueryProblem {
  return new QueryProblem('TCN-L003', at, `${what} is not supported offline`);
}

export function invalid(message: string, at: Place, hint: string | null = null): QueryProblem {
  return new QueryProblem('TCN-R015', at, message, hint);
}

export function diagnosticOf(problem: QueryProblem): Diagnostic {
  return {
    code: problem.code,
    severity: 'error',
    file: '',
    line: problem.at.line,
    column: problem.at.column,
    message: problem.message,
    hint: problem.hint ?? ERRORS[problem.code].fix,
  };
}
