import type { ErrorCode } from './errors.ts';

/** Something about rules, configuration or settings that keeps the running app from doing what its files say. */
export interface SetupProblem {
  readonly code: ErrorCode;
  /** A place in a file, `rules/mine.yaml:3:5`, or what of tocsin.yaml it is about. */
  readonly where: string;
  readonly what: string;
  readonly fix: string;
}
