import type { ActivityEvent } from '../../model/activity.ts';
import type { Deployment, Quota } from '../../model/deployment.ts';
import type { Heartbeat } from '../../model/heartbeat.ts';
import type { ActivityLog, Clock, Deployments, HeartbeatStore } from '../../ports.ts';

/** What is deployed and allowed, by target id. */
export interface OfflineEstate {
  readonly deployments: Readonly<Record<string, readonly Deployment[]>>;
  readonly quotas: Readonly<Record<string, readonly Quota[]>>;
}

/** Deployments and quotas that never change. */
export function fixedDeployments({ deployments, quotas }: OfflineEstate): Deployments {
  const of = async ({ id }: { readonly id: string }) => deployments[id] ?? [];
  return { of, lifecycles: of, quotas: async ({ id }) => quotas[id] ?? [] };
}

/** An event and when the log shows it, in epoch ms. */
export interface OfflineEvent {
  readonly event: ActivityEvent;
  readonly subscription: string;
  readonly arrivesAt: number;
}

/** An activity log that shows each event from its arrival on. */
export function listedActivity(events: readonly OfflineEvent[], clock: Clock): ActivityLog {
  return {
    events: async (subscription, span) =>
      events
        .filter((one) => one.arrivesAt <= clock.now() && (one.subscription === '' || one.subscription === subscription))
        .map(({ event }) => event)
        .filter(({ at }) => at >= span.start && at < span.end),
  };
}

/** Check-ins that were made up to the clock's time. */
export function listedHeartbeats(heartbeats: readonly Heartbeat[], clock: Clock): HeartbeatStore {
  return {
    record: async () => {},
    all: async () => {
      const newest = new Map<string, Heartbeat>();
      for (const one of heartbeats) {
        const key = `${one.id}/${one.phase}`;
        if (one.at <= clock.now() && one.at >= (newest.get(key)?.at ?? Number.NEGATIVE_INFINITY)) newest.set(key, one);
      }
      return [...newest.values()];
    },
  };
}
