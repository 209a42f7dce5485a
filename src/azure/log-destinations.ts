import { parseResourceId } from '../model/target.ts';
import type { Clock, DiagnosticSettings, LogDestinations } from '../ports.ts';
import { createArm } from './arm.ts';
import { createCache } from './cache.ts';
import type { AzureAccess } from './loopback.ts';

const AGES = { fresh: 15 * 60_000, usable: 3_600_000 };
const WORKSPACES_API = '2023-09-01';

/** Diagnostic settings name workspaces by resource id, queries by customer id: the workspaces of a subscription say which is which. */
export function createLogDestinations(access: AzureAccess, settings: DiagnosticSettings, clock: Clock): LogDestinations {
  const arm = createArm(access);
  const cache = createCache(clock, AGES);

  async function customerIdOf(workspaceId: string): Promise<string | null> {
    const subscription = parseResourceId(workspaceId)?.subscriptionId;
    if (subscription === undefined) return null;
    const path = `/subscriptions/${subscription}/providers/Microsoft.OperationalInsights/workspaces?api-version=${WORKSPACES_API}`;
    const listed = await cache.get(path, async () => new Map((await arm.list(path)).flatMap((item) => entryOf(item) ?? [])));
    return listed.get(workspaceId.toLowerCase()) ?? null;
  }

  return {
    of: (resourceId) =>
      cache.get(`destinations of ${resourceId}`, async () => {
        const routed = await settings.list(resourceId);
        const found = await Promise.all(
          routed.map(async ({ workspaceId, categories }) => {
            const customerId = workspaceId === null ? null : await customerIdOf(workspaceId);
            return customerId === null ? [] : [{ customerId, categories }];
          }),
        );
        return found.flat();
      }),
  };
}

function entryOf(item: unknown): readonly [readonly [id: string, customerId: string]] | null {
  const { id, properties } = (item ?? {}) as { id?: unknown; properties?: { customerId?: unknown } };
  const customerId = properties?.customerId;
  return typeof id === 'string' && typeof customerId === 'string' ? [[id.toLowerCase(), customerId.toLowerCase()]] : null;
}
