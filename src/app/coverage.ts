import { type Difference, differenceOf, isGroup, isMet } from '../coverage/difference.ts';
import { coverageFindings, uncheckedFinding } from '../coverage/findings.ts';
import { needsOf } from '../coverage/needs.ts';
import { asTocsinError } from '../model/errors.ts';
import type { Rule } from '../model/rule.ts';
import { matches, parseResourceId, type Target } from '../model/target.ts';
import type { Clock, DiagnosticSettings, FindingStore, Inventory, Log } from '../ports.ts';

import { inParallel } from './in-parallel.ts';

export interface CoverageDeps {
  readonly rules: readonly Rule[];
  readonly inventory: Inventory;
  readonly settings: DiagnosticSettings;
  readonly findings: FindingStore;
  readonly clock: Clock;
  readonly log: Log;
}

export interface CoverageOutcome {
  readonly targets: number;
  /** Categories that rules need and nothing routes, over all targets. */
  readonly missing: number;
  readonly unneeded: number;
  /** Targets whose settings could not be read. */
  readonly failed: number;
}

/** Azure Resource Manager limits reads per subscription, and this is in no hurry. */
const AT_ONCE = 4;

/**
 * Compares the diagnostic settings of every watched resource with what the rules need, and writes findings where they differ. A
 * resource that cannot be looked at does not keep the others from it.
 */
export async function runCoverage(deps: CoverageDeps): Promise<CoverageOutcome> {
  const { rules, inventory, findings, clock, log } = deps;
  const watched = await inventory.targets(rules.map((rule) => rule.on));
  const targets = watched.filter(({ id }) => parseResourceId(id) !== null);
  const outcomes = await inParallel(targets, AT_ONCE, async (target): Promise<Difference | null> => {
    const now = clock.now();
    let difference: Difference;
    try {
      difference = await compare(target, deps, now);
    } catch (thrown) {
      const { code, detail, kind } = asTocsinError(thrown);
      log.warn({ target: target.id, code, detail }, 'diagnostic settings could not be read');
      if (kind !== 'transient') await findings.put(uncheckedFinding(target, code, detail, now));
      return null;
    }
    for (const finding of coverageFindings(target, difference, now)) await findings.put(finding);
    for (const { category, rules: needing } of difference.foreign) {
      log.info({ target: target.id, category, rules: needing }, 'category is not emitted by the resource itself');
    }
    return difference;
  });
  const known = outcomes.filter((one) => one !== null);
  const outcome = {
    targets: targets.length,
    missing: known.reduce((sum, { missing }) => sum + missing.length, 0),
    unneeded: known.reduce((sum, { unneeded }) => sum + unneeded.length, 0),
    failed: targets.length - known.length,
  };
  log.info(outcome, 'compared diagnostic settings with what rules need');
  return outcome;
}

/** What a resource can emit is asked only where the answer depends on it. */
async function compare(target: Target, { rules, settings }: CoverageDeps, now: number): Promise<Difference> {
  const needs = needsOf(rules, target, (rule, one) => matches(rule.on, one));
  const routings = await settings.list(target.id);
  const toWorkspaces = routings.filter(({ workspaceId }) => workspaceId !== null);
  const isOpen = needs.some((need) => !isMet(need, routings));
  const hasGroup = toWorkspaces.some(({ categories }) => categories.some(isGroup));
  const emitted = isOpen || hasGroup ? await settings.categories(target.id) : null;
  return differenceOf(needs, routings, emitted, now);
}
