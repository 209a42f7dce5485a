import type { StreamTerm } from '../model/rule.ts';
import { type StreamCounter, seriesName } from '../model/stream.ts';
import { normalizeId } from '../model/target.ts';
import { accepts } from '../model/where.ts';
import { memberReader, type ReadMember } from './member.ts';
import type { DiagnosticRecord } from './record.ts';
import type { ScannedRecord } from './scanned.ts';

/** A record as it is counted: texts and platform metrics are of no category. */
export type Countable = ScannedRecord | Exclude<DiagnosticRecord, { readonly kind: 'platform metric' }>;

/** What a record adds to a series of a counter. */
export type Add = (counter: string, series: string, records: number, value: number, over: number) => void;

/** Tells every counter that a record belongs to what it adds. */
export type CountRecord = (record: Countable, add: Add) => void;

interface Term {
  /** The number that the record counts for; `null`: it does not count. */
  of(record: Countable): number | null;
}

interface Counter {
  readonly name: string;
  readonly value: Term;
  readonly over: Term | null;
  readonly by: readonly ReadMember[];
  /** The watched resource that an id names or lies below; `null`: none of the counter's type. */
  readonly ownerOf: (id: string) => string | null;
}

/** Labels are names, and storage is bounded. */
const LONGEST_LABEL = 200;
const REMEMBERED = 2_000;

/** Prepares counting. Records of categories that no rule names cost one look. */
export function recordCounter(counters: readonly StreamCounter[]): CountRecord {
  const byCategory = new Map<string, Counter[]>();
  for (const { name, type, signal } of counters) {
    const counter: Counter = {
      name,
      value: termOf(signal),
      over: signal.over === null ? null : termOf(signal.over),
      by: signal.by.map(memberReader),
      ownerOf: ownersOf(type),
    };
    for (const category of new Set(signal.categories.map((one) => one.toLowerCase()))) {
      byCategory.set(category, [...(byCategory.get(category) ?? []), counter]);
    }
  }
  const spelled = remembered((category) => byCategory.get(category.toLowerCase()) ?? null);
  return (record, add) => {
    for (const { name, value, over, by, ownerOf } of spelled(record.category) ?? []) {
      const amount = value.of(record);
      const whole = over === null ? null : over.of(record);
      if (amount === null && whole === null) continue;
      const owner = ownerOf(record.resourceId);
      if (owner === null) continue;
      const labels = by.map((read) => (read(record) ?? '').slice(0, LONGEST_LABEL));
      add(name, seriesName(owner, labels), amount === null ? 0 : 1, amount ?? 0, whole ?? 0);
    }
  };
}

function termOf({ where, value }: StreamTerm): Term {
  const filters = Object.entries(where).map(([name, accepted]) => ({ read: memberReader(name), accepted }));
  const number = value === null ? null : memberReader(value);
  return {
    of(record) {
      for (const { read, accepted } of filters) {
        const text = read(record) ?? '';
        if (!accepted.some((one) => accepts(one, text))) return null;
      }
      return number === null ? 1 : numberOf(number(record));
    },
  };
}

/** A number, also as text; of a list the sum, for Azure gives some token counts as lists. */
function numberOf(text: string | null): number | null {
  if (text === null || text.trim() === '') return null;
  if (text.startsWith('[')) {
    const numbers = (JSON.parse(text) as readonly unknown[]).map(Number).filter(Number.isFinite);
    return numbers.length === 0 ? null : numbers.reduce((sum, one) => sum + one, 0);
  }
  const number = Number(text);
  return Number.isFinite(number) ? number : null;
}

const RESOURCE = /^(\/subscriptions\/[^/]+\/resourcegroups\/[^/]+\/providers\/[^/]+)\/(.+)$/;

function ownersOf(type: string): (id: string) => string | null {
  const [provider = '', ...types] = type.split('/');
  return remembered((id) => {
    const [, place = '', rest = ''] = RESOURCE.exec(normalizeId(id)) ?? [];
    const parts = rest.split('/');
    if (!place.endsWith(`/${provider}`) || parts.length < 2 * types.length) return null;
    if (types.some((one, index) => parts[2 * index] !== one)) return null;
    return `${place}/${parts.slice(0, 2 * types.length).join('/')}`;
  });
}

/** Ids and categories repeat. What is beyond the bound is looked up each time. */
function remembered<Value>(find: (text: string) => Value): (text: string) => Value {
  const known = new Map<string, Value>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const found = find(text);
    if (known.size < REMEMBERED) known.set(text, found);
    return found;
  };
}
