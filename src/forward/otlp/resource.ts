import type { Redaction } from '../../model/config.ts';
import { REDACT_ALL, redactText } from '../redact.ts';
import { chosenTags, type FactsOf, NO_FACTS, resourceParts } from '../resource.ts';
import { keyOf, writeAttribute } from './attributes.ts';
import { MAPPING_VERSION, RESOURCE, SCOPE_NAME, TAG } from './mapping.ts';
import type { ProtoWriter } from './writer.ts';

/** What one ResourceLogs or ResourceMetrics speaks of. */
export interface ResourceIdentity {
  readonly resourceId: string;
  readonly tenantId: string;
  readonly location: string;
}

/** Anything that carries a record. */
export interface OfResource {
  readonly record: ResourceIdentity;
}

export interface ResourceGroup<Item> extends ResourceIdentity {
  readonly items: Item[];
}

/** Items in the order they came, gathered under their resources. */
export function groupByResource<Item extends OfResource>(items: readonly Item[]): readonly ResourceGroup<Item>[] {
  const groups: ResourceGroup<Item>[] = [];
  const byId = new Map<string, ResourceGroup<Item>[]>();
  for (const item of items) {
    const { resourceId, tenantId, location } = item.record;
    let same = byId.get(resourceId);
    if (same === undefined) {
      same = [];
      byId.set(resourceId, same);
    }
    let group = same.find((other) => other.tenantId === tenantId && other.location === location);
    if (group === undefined) {
      group = { resourceId, tenantId, location, items: [] };
      same.push(group);
      groups.push(group);
    }
    group.items.push(item);
  }
  return groups;
}

/** What is told of a resource beside what its records say. */
export interface ResourceDetails {
  readonly factsOf: FactsOf;
  /** Names of the tags that are sent. */
  readonly tags: readonly string[];
  readonly redaction: Redaction;
}

export const NO_DETAILS: ResourceDetails = { factsOf: NO_FACTS, tags: [], redaction: REDACT_ALL };

const RESOURCE_ATTRIBUTES = 1;

/** The Resource message in field 1 of the open message (opentelemetry/proto/resource/v1/resource.proto). */
export function writeResource(
  writer: ProtoWriter,
  { resourceId, tenantId, location }: ResourceIdentity,
  { factsOf, tags, redaction }: ResourceDetails,
): void {
  const resource = writer.open(1);
  const parts = resourceParts(resourceId);
  const facts = factsOf(resourceId);
  const attributes = [
    [RESOURCE.provider, 'azure'],
    [RESOURCE.id, resourceId],
    [RESOURCE.subscription, parts.subscriptionId],
    [RESOURCE.region, location.toLowerCase().replaceAll(' ', '') || (facts?.location ?? '')],
    [RESOURCE.group, parts.resourceGroup],
    [RESOURCE.namespace, parts.provider],
    [RESOURCE.type, parts.type],
    [RESOURCE.name, parts.name],
    [RESOURCE.kind, facts?.kind ?? ''],
    [RESOURCE.tenant, tenantId],
  ] as const;
  for (const [{ to }, value] of attributes) if (value !== '') writeAttribute(writer, RESOURCE_ATTRIBUTES, keyOf(to), value);
  for (const [name, value] of chosenTags(facts, tags))
    writeAttribute(writer, RESOURCE_ATTRIBUTES, keyOf(`${TAG.prefix}${name}`), redactText(value, redaction));
  writer.close(resource);
}

/** The InstrumentationScope in field 1 of the open message. */
export function writeScope(writer: ProtoWriter): void {
  const scope = writer.open(1);
  writer.string(1, SCOPE_NAME);
  writer.string(2, String(MAPPING_VERSION));
  writer.close(scope);
}
