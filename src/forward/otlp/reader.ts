/** One field of a protobuf message: `start` and `end` bound its content, without tag and length. */
export interface Field {
  readonly number: number;
  readonly wire: number;
  readonly start: number;
  readonly end: number;
  /** Of a varint; saturates beyond 2^53. */
  readonly value: number;
}

/** The fields of the message at [start, end), in order; `null` where the bytes are no message. */
export function fieldsOf(bytes: Uint8Array, start: number, end: number): readonly Field[] | null {
  const fields: Field[] = [];
  let at = start;
  while (at < end) {
    const tag = varintAt(bytes, at, end);
    if (tag === null) return null;
    const wire = tag.value % 8;
    const number = Math.floor(tag.value / 8);
    const field = fieldAt(bytes, number, wire, tag.end, end);
    if (field === null) return null;
    fields.push(field);
    at = field.end;
  }
  return fields;
}

function fieldAt(bytes: Uint8Array, number: number, wire: number, at: number, limit: number): Field | null {
  if (number === 0) return null;
  if (wire === 0) {
    const varint = varintAt(bytes, at, limit);
    return varint === null ? null : { number, wire, start: at, end: varint.end, value: varint.value };
  }
  let start = at;
  let length = wire === 1 ? 8 : wire === 5 ? 4 : -1;
  if (wire === 2) {
    const varint = varintAt(bytes, at, limit);
    if (varint === null) return null;
    length = varint.value;
    start = varint.end;
  }
  return length < 0 || start + length > limit ? null : { number, wire, start, end: start + length, value: 0 };
}

function varintAt(bytes: Uint8Array, at: number, limit: number): { readonly value: number; readonly end: number } | null {
  let value = 0;
  let scale = 1;
  for (let index = at; index < limit && index < at + 10; index++) {
    const byte = bytes[index] ?? 0;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return { value, end: index + 1 };
    scale *= 128;
  }
  return null;
}
