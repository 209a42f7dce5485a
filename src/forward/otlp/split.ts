import { type Field, fieldsOf } from './reader.ts';

/** Field numbers that logs and metrics share: resource groups in a request, scopes in a group, items (log records, metrics) in a scope. */
const [GROUPS, SCOPES, ITEMS] = [1, 2, 2] as const;

/** Log records or Metric messages in an OTLP export request of either kind; `null` where the bytes are no such request. */
export function countItems(request: Uint8Array): number | null {
  return itemsOf(request)?.length ?? null;
}

/**
 * The items [from, to) of a request as a request of their own, under copies of their resources and scopes. Works on bytes, so that
 * also a request that was parked can be taken apart. `null` where the bytes are no request.
 */
export function sliceRequest(request: Uint8Array, from: number, to: number): Buffer | null {
  const items = itemsOf(request);
  const groups = messages(request, 0, request.length, GROUPS);
  if (items === null || groups === null) return null;
  const chosen = new Set(items.slice(from, to).map(({ start }) => start));
  const parts = groups.map((group) => sliceMessage(request, group, SCOPES, (scope) => sliceScope(request, scope, chosen)));
  return Buffer.concat(parts);
}

function sliceScope(request: Uint8Array, scope: Field, chosen: ReadonlySet<number>): Buffer {
  return sliceMessage(request, scope, ITEMS, (item) => (chosen.has(item.start) ? copied(request, item) : NOTHING));
}

const NOTHING = Buffer.alloc(0);

/** A message with `slice` of its members of one number, and copies of the others; nothing where every slice is empty. */
function sliceMessage(bytes: Uint8Array, outer: Field, number: number, slice: (member: Field) => Buffer): Buffer {
  const members = fieldsOf(bytes, outer.start, outer.end) ?? [];
  const contents: Buffer[] = [];
  let kept = 0;
  for (const member of members) {
    const content = member.number === number ? slice(member) : copied(bytes, member);
    if (member.number === number) kept += content.length;
    contents.push(content);
  }
  return kept === 0 ? NOTHING : message(outer.number, Buffer.concat(contents));
}

function itemsOf(request: Uint8Array): readonly Field[] | null {
  const items: Field[] = [];
  for (const group of messages(request, 0, request.length, GROUPS) ?? [null]) {
    const scopes = group === null ? null : messages(request, group.start, group.end, SCOPES);
    if (scopes === null) return null;
    for (const scope of scopes) {
      const found = messages(request, scope.start, scope.end, ITEMS);
      if (found === null) return null;
      items.push(...found);
    }
  }
  return items;
}

function messages(bytes: Uint8Array, start: number, end: number, number: number): readonly Field[] | null {
  return fieldsOf(bytes, start, end)?.filter((field) => field.number === number && field.wire === 2) ?? null;
}

/** The field with its tag and, where it has one, its length. */
function copied(bytes: Uint8Array, field: Field): Buffer {
  const content = Buffer.from(bytes.buffer, bytes.byteOffset + field.start, field.end - field.start);
  const tag = varint(field.number * 8 + field.wire);
  return Buffer.concat(field.wire === 2 ? [tag, varint(content.length), content] : [tag, content]);
}

function message(number: number, content: Buffer): Buffer {
  return Buffer.concat([varint(number * 8 + 2), varint(content.length), content]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  bytes.push(rest);
  return Buffer.from(bytes);
}
