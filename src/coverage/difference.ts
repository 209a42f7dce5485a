import { HOUR } from '../model/duration.ts';
import type { Need } from './needs.ts';

/** A diagnostic setting, reduced to where it routes what. */
export interface Routing {
  readonly name: string;
  /** Log rules read Log Analytics, stream rules an Event Hub: what goes elsewhere they do not see. A workspace is paid by volume. */
  readonly workspaceId: string | null;
  readonly eventHub: string | null;
  readonly storageAccountId: string | null;
  /** Enabled categories and category groups. */
  readonly categories: readonly string[];
  readonly createdAt?: number;
}

/** Two hours are what Azure allows itself until data of a new setting flow, and what people need until their rules follow. */
export const TOLERANCE = 2 * HOUR;

export interface Difference {
  /** Needed and not routed to where its rules look; `elsewhere` where it is routed, but not there. */
  readonly missing: readonly (Need & { readonly elsewhere: boolean })[];
  /** Routed to a workspace and needed by no rule, with the setting that does it. */
  readonly unneeded: readonly { readonly category: string; readonly setting: string }[];
  /** Needed, but nothing that the resource itself can emit: a part of it, or nobody, does. */
  readonly foreign: readonly Need[];
}

/**
 * The difference between what rules need of a resource and what its settings route, both ways.
 *
 * @param emitted categories that the resource can emit; `null` where that is not known.
 */
export function differenceOf(
  needs: readonly Need[],
  settings: readonly Routing[],
  emitted: readonly string[] | null,
  now: number,
): Difference {
  const toWorkspaces = settings.filter(({ workspaceId }) => workspaceId !== null);
  const open = needs.filter((need) => !isMet(need, settings));
  const emits = (category: string) => emitted === null || emitted.some((one) => same(one, category));
  const needed = (category: string) => needs.some((need) => need.place === 'workspace' && same(need.category, category));
  const unneeded = toWorkspaces
    .filter(({ createdAt }) => createdAt === undefined || now - createdAt >= TOLERANCE)
    .flatMap((setting) => {
      const routed = setting.categories.flatMap((one) => expanded(one, emitted));
      return [...new Set(routed)]
        .filter((category) => !needed(category))
        .map((category) => ({ category, setting: setting.name }));
    });
  return {
    missing: open
      .filter(({ category }) => emits(category))
      .map((need) => ({ ...need, elsewhere: settings.some((setting) => routes(setting, need.category)) })),
    unneeded,
    foreign: open.filter(({ category }) => !emits(category)),
  };
}

/** Whether what is needed is routed to where its rules look. */
export function isMet({ category, place }: Need, settings: readonly Routing[]): boolean {
  return settings.some(
    (setting) => (place === 'hub' ? setting.eventHub : setting.workspaceId) !== null && routes(setting, category),
  );
}

/** Whether a setting routes a category, by its name or by a group that holds it. */
export function routes({ categories }: Pick<Routing, 'categories'>, category: string): boolean {
  return categories.some((one) => same(one, category) || (isGroup(one) && inGroup(one, category)));
}

/** Whether a category is a group of categories. */
export function isGroup(name: string): boolean {
  return same(name, 'allLogs') || same(name, 'audit');
}

/** Azure does not list the members of `audit` with a resource's categories; by convention they are called so. */
function inGroup(group: string, category: string): boolean {
  return same(group, 'allLogs') || /audit/i.test(category);
}

function expanded(name: string, emitted: readonly string[] | null): readonly string[] {
  if (!isGroup(name) || emitted === null) return [name];
  return emitted.filter((category) => inGroup(name, category));
}

function same(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}
