import type { Redaction } from '../../model/config.ts';
import type { Json } from '../json.ts';
import { heldBy, REDACTED, redactValue } from '../redact.ts';
import { type EncodedKey, keyOf, writeAny, writeAttribute, writeSlice } from './attributes.ts';
import { floatOf, integerOf, readTicks, rfc3339OfTicks, snakeCase, sumOf } from './convert.ts';
import { LOG, OPENAI_KEY, writeField } from './fields.ts';
import { type Conversion, FAMILIES, type Family, providerOf } from './mapping.ts';
import { type Bytes, type ProtoWriter, viewOf } from './writer.ts';

/** What becomes of a property: looked up once for every name of a family. */
export interface Plan {
  readonly as: Conversion;
  readonly keys: readonly EncodedKey[];
  readonly namesProvider: boolean;
  readonly holds: 'content' | 'secret' | null;
}

const PLANS_LIMIT = 4_000;
const plans = new Map<Family, Map<string, Plan>>(Object.values(FAMILIES).map((family) => [family, new Map()]));

export function planOf(family: Family, name: string): Plan {
  const known = plans.get(family);
  const plan = known?.get(name);
  if (plan !== undefined) return plan;
  const rule = family.rules.get(name);
  const names = rule?.to ?? [family.prefix === null ? name : family.prefix + snakeCase(name)];
  const made = {
    as: rule?.as ?? 'as it is',
    keys: names.map(keyOf),
    namesProvider: rule?.from === 'apiName',
    holds: heldBy(name),
  };
  if (known !== undefined && known.size < PLANS_LIMIT) known.set(name, made);
  return made;
}

export function writeProperty(writer: ProtoWriter, plan: Plan, value: Json, redaction: Redaction): void {
  if (plan.holds === 'content' && redaction.content) return;
  const kept = plan.holds === 'secret' && redaction.secrets ? REDACTED : redactValue(value, redaction);
  writeKept(writer, plan, kept);
}

function writeKept(writer: ProtoWriter, { as, keys, namesProvider }: Plan, value: Json): void {
  if (as === 'body') writeAny(writer, LOG.body, value, 0);
  else if (as === 'ticks') writeTicks(writer, keys, value);
  else if (as !== 'left out') {
    const converted = convert(as, value);
    for (const key of keys) writeAttribute(writer, LOG.attributes, key, converted);
    if (namesProvider && typeof value === 'string') writeField(writer, OPENAI_KEY.provider, providerOf(value) ?? '');
  }
}

/** What cannot be converted is sent as it came. */
function convert(as: Exclude<Conversion, 'ticks' | 'body' | 'left out'>, value: Json): Json {
  switch (as) {
    case 'as it is':
      return value;
    case 'integer':
      return integerOf(value) ?? value;
    case 'number':
      return floatOf(value) ?? value;
    case 'sum':
      return sumOf(value) ?? value;
    case 'streaming':
      return value === 'Streaming';
  }
}

function writeTicks(writer: ProtoWriter, [ticks, time]: readonly EncodedKey[], value: Json): void {
  if (ticks === undefined || time === undefined) return;
  const digits = typeof value === 'number' ? String(value) : value;
  writeAttribute(writer, LOG.attributes, ticks, digits);
  if (typeof digits === 'string') writeField(writer, time, rfc3339OfTicks(digits) ?? '');
}

/** The same of ticks that stand in a buffer, without making texts of them; `false`, and nothing, where they are no ticks of our time. */
export function writeTicksSlice(
  writer: ProtoWriter,
  [ticks, time]: readonly EncodedKey[],
  source: Bytes,
  from: number,
  to: number,
): boolean {
  if (ticks === undefined || time === undefined || !readTicks(source.bytes, from, to, rfc3339.bytes)) return false;
  writeSlice(writer, LOG.attributes, ticks, source, from, to);
  writeSlice(writer, LOG.attributes, time, rfc3339, 0, RFC3339_LENGTH);
  return true;
}

const RFC3339_LENGTH = '2026-03-10T21:41:05.4350000Z'.length;
/** With room to be read four bytes at a time. */
const rfc3339Room = Buffer.alloc(RFC3339_LENGTH + 4);
const rfc3339: Bytes = { bytes: rfc3339Room, view: viewOf(rfc3339Room) };
