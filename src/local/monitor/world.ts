import type { Archive } from '../archive/archive.ts';
import type { Estate } from '../estate.ts';
import type { SettingsStore } from './diagnostic-settings.ts';
import type { Lateness } from './lateness.ts';

/** What the handlers answer from. */
export interface MonitorWorld {
  readonly archive: Archive;
  readonly estate: Estate;
  /** Epoch ms; nothing later exists yet. */
  readonly clock: () => number;
  readonly settings: SettingsStore;
  /** How late rows of logs arrive; at once when there is no rule. */
  readonly lateness: () => readonly Lateness[];
  /** Items per page of a list. */
  readonly pageSize: number;
}

/** A resource as Azure Resource Manager lists it. */
export interface ListedResource {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly kind: string;
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** Every resource of the estate, online endpoints and their deployments among them. */
export function listedResources(estate: Estate): readonly ListedResource[] {
  return estate.resources.flatMap((resource) => [
    listed(resource),
    ...resource.onlineEndpoints.flatMap((endpoint) => [
      listed({
        ...endpoint,
        name: `${resource.name}/${endpoint.name}`,
        type: `${resource.type}/onlineEndpoints`,
        kind: 'Managed',
      }),
      ...endpoint.deployments.map((deployment) =>
        listed({
          ...deployment,
          name: `${resource.name}/${endpoint.name}/${deployment.name}`,
          type: `${resource.type}/onlineEndpoints/deployments`,
          kind: 'Managed',
          location: endpoint.location,
          tags: {},
        }),
      ),
    ]),
  ]);
}

function listed({ id, name, type, kind, location, tags }: ListedResource): ListedResource {
  return { id, name, type, kind, location, tags };
}

/** The resource of an id, compared without case and without regard to slashes at its ends. */
export function findResource(estate: Estate, id: string): ListedResource | undefined {
  const wanted = normalId(id);
  return listedResources(estate).find((resource) => normalId(resource.id) === wanted);
}

export function normalId(id: string): string {
  return `/${id.replace(/^\/+|\/+$/g, '')}`.toLowerCase();
}
