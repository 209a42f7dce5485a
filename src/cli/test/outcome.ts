import type { Mutant } from '../../local/ruletest/mutate.ts';
import type { TestOutcome } from '../../local/ruletest/run.ts';
import type { Diagnostic } from '../../model/errors.ts';

/** A rule whose condition could be wrong in this way without a test that fails. */
export interface Survivor {
  readonly rule: string;
  readonly mutant: Mutant['name'];
}

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
  /** With `--mutate`: how many wrong rules were made, and those that no test noticed. */
  readonly mutants: { readonly made: number; readonly survived: readonly Survivor[] } | null;
  readonly elapsedMs: number;
}
