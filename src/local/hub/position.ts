import type { PartitionLog } from './partition-log.ts';

/** The one form of selector that the clients write, e.g. `amqp.annotation.x-opt-offset > '1024'`. */
const SELECTOR = /^amqp\.annotation\.(x-opt-offset|x-opt-sequence-number|x-opt-enqueued-time) (>=?) '(.*)'$/;

/** The sequence number at which a receiver with this selector begins; `null` if the selector is not understood. */
export function startOf(selector: string, log: PartitionLog): number | null {
  const [, annotation, comparison, value] = SELECTOR.exec(selector) ?? [];
  if (value === undefined) return null;
  if (value === '@latest') return log.length;
  const bound = Number(value);
  if (value === '' || Number.isNaN(bound)) return null;
  const beyond = (key: number) => (comparison === '>=' ? key >= bound : key > bound);
  if (annotation === 'x-opt-offset') return log.first(({ offset }) => beyond(offset));
  if (annotation === 'x-opt-sequence-number') return log.first(({ sequenceNumber }) => beyond(sequenceNumber));
  return log.first(({ at }) => beyond(at));
}
