import type { TestOutcome } from '../../local/ruletest/run.ts';
import type { Diagnostic } from '../../model/errors.ts';

/** What `tocsin test` found; `--output json` prints it as it is. */
export interface TestReport {
  readonly schemaVersion: 1;
  readonly ok: boolean;
  readonly passed: number;
  readonly failed: number;
  readonly tests: readonly TestOutcome[];
  /** Files that cannot be read as rules or tests. */
  readonly diagnostics: readonly Diagnostic[];
  /** Rules of the files that no test runs. */
  readonly untested: readonly string[];
  readonly elapsedMs: number;
}
