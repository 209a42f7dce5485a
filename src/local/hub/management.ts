import rhea, { type Message } from 'rhea';
import type { HubEntity } from './entity.ts';

/** AMQP type code of a short string. */
const STR8 = 0xa1;

/** The answer to a request on `$management`: what a hub or a partition is. */
export function describe(request: Message, hub: (name: string) => HubEntity | null): object {
  const asked = (request.application_properties ?? {}) as Readonly<Record<string, unknown>>;
  const entity = hub(String(asked.name));
  if (entity === null) {
    const { condition, description } = notFound(String(asked.name));
    return answer(request, 404, condition, description, {});
  }
  if (asked.type === 'com.microsoft:eventhub') return answer(request, 200, null, 'OK', describeHub(entity));
  if (asked.type !== 'com.microsoft:partition') {
    return answer(request, 400, 'com.microsoft:argument-error', `unknown type ${String(asked.type)}`, {});
  }
  const body = describePartition(entity, String(asked.partition));
  if (body !== null) return answer(request, 200, null, 'OK', body);
  return answer(request, 400, 'com.microsoft:argument-out-of-range', `no partition ${String(asked.partition)}`, {});
}

/** The answer that accepts any token: everything is on this machine. */
export function acceptToken(request: Message): object {
  return answer(request, 202, null, 'Accepted', {});
}

/** The service's words: the clients recognise a missing hub by this sentence. */
export function notFound(entity: string): { readonly condition: string; readonly description: string } {
  return { condition: 'amqp:not-found', description: `The messaging entity '${entity}' could not be found.` };
}

function answer(request: Message, status: number, condition: string | null, description: string, body: object): object {
  return {
    to: request.reply_to,
    correlation_id: request.message_id,
    application_properties: {
      'status-code': rhea.types.wrap_int(status),
      statusCode: rhea.types.wrap_int(status),
      'status-description': description,
      ...(condition === null ? {} : { errorCondition: condition, 'error-condition': condition }),
    },
    body,
  };
}

function describeHub({ name, createdAt, partitions }: HubEntity): object {
  return {
    name,
    type: 'com.microsoft:eventhub',
    created_at: rhea.types.wrap_timestamp(createdAt),
    partition_count: rhea.types.wrap_int(partitions.length),
    partition_ids: rhea.types.wrap_array(
      partitions.map(({ id }) => id),
      STR8,
      undefined,
    ),
    georeplication_factor: rhea.types.wrap_int(1),
  };
}

function describePartition(entity: HubEntity, id: string): object | null {
  const log = entity.partition(id)?.log;
  if (log === undefined) return null;
  const last = log.arrival(log.length - 1);
  return {
    name: entity.name,
    type: 'com.microsoft:partition',
    partition: id,
    begin_sequence_number: rhea.types.wrap_long(0),
    last_enqueued_sequence_number: rhea.types.wrap_long(last?.sequenceNumber ?? -1),
    last_enqueued_offset: String(last?.offset ?? -1),
    last_enqueued_time_utc: rhea.types.wrap_timestamp(last?.at ?? 0),
    is_partition_empty: last === null,
  };
}
