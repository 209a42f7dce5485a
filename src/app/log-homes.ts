import { routes } from '../coverage/difference.ts';
import { asTocsinError } from '../model/errors.ts';
import type { Rule } from '../model/rule.ts';
import type { Log, LogDestinations } from '../ports.ts';
import { inParallel } from './in-parallel.ts';
import { isUnknown, type Watermarks } from './read-signals.ts';

export interface HomesDeps {
  readonly workspaces: readonly string[];
  readonly destinations?: LogDestinations | undefined;
  readonly log: Log;
}

/** Azure Resource Manager limits reads per subscription. */
const AT_ONCE = 4;

/**
 * Of several workspaces that one in which a target's logs are expected, so that what a rule lists is missed once and not in each: where
 * its diagnostic settings route the rule's categories; where those do not tell, where its table has rows of the target; where there are
 * none, the first workspace.
 *
 * @param marksIn newest rows by target id in a workspace.
 * @returns the ids of the targets that are at home in `workspace`.
 */
export async function homesIn(
  workspace: string,
  rule: Rule,
  targets: readonly string[],
  marksIn: (workspace: string) => Promise<Watermarks>,
  deps: HomesDeps,
): Promise<ReadonlySet<string>> {
  const workspaces = [...new Set(deps.workspaces)].sort();
  if (workspaces.length < 2) return new Set(targets);
  const homes = await inParallel(targets, AT_ONCE, async (target) => {
    const told = await toldHome(rule, target, workspaces, deps);
    return told ?? (await seenHome(target, workspaces, marksIn)) ?? workspaces[0];
  });
  return new Set(targets.filter((_, index) => homes[index] === workspace));
}

async function toldHome(rule: Rule, target: string, workspaces: readonly string[], deps: HomesDeps): Promise<string | null> {
  if (deps.destinations === undefined) return null;
  try {
    const settings = await deps.destinations.of(target);
    const routed = settings.filter((setting) => rule.categories.some((category) => routes(setting, category)));
    return workspaces.find((one) => routed.some(({ customerId }) => customerId === one.toLowerCase())) ?? null;
  } catch (thrown) {
    const { code, detail } = asTocsinError(thrown);
    deps.log.debug({ target, code, detail }, 'diagnostic settings do not tell where logs go');
    return null;
  }
}

async function seenHome(
  target: string,
  workspaces: readonly string[],
  marksIn: (workspace: string) => Promise<Watermarks>,
): Promise<string | null> {
  for (const workspace of workspaces) {
    const marks = await marksIn(workspace);
    if (!isUnknown(marks) && typeof marks[target] === 'number') return workspace;
  }
  return null;
}
