import { parseResourceId } from '../../model/target.ts';
import { namespaceOf } from '../../rules/catalogue.ts';
import type { Archive } from '../archive/archive.ts';
import type { Estate, EstateResource } from '../estate.ts';

/** Where nothing better is known: the resources that wrote to the archive. Region, kind and tags are not in it. */
export async function estateOfArchive(archive: Archive): Promise<Estate> {
  const resources = (await archive.resourceIds()).flatMap((id) => resourceOf(id) ?? []);
  const subscriptions = new Set(resources.map((resource) => resource.id.split('/')[2] ?? ''));
  return {
    subscriptions: [...subscriptions].map((id) => ({ id, displayName: id })),
    resources,
    workspace: { customerId: '*', resourceId: '' },
  };
}

function resourceOf(id: string): EstateResource | null {
  const parts = parseResourceId(id);
  if (parts === null) return null;
  return {
    id,
    name: parts.name,
    type: namespaceOf(parts.type) ?? parts.type,
    kind: '',
    location: 'global',
    tags: {},
    deployments: [],
    onlineEndpoints: [],
    diagnosticSettings: [],
  };
}
