import fc from 'fast-check';
import type { Repair, RepairCounts } from '../../src/forward/repairs.ts';
import { type Reference, referenceRecord } from './reference.ts';

/*
 * Records that are wrong in a way that docs/forwarding.md names, made wrong on purpose, so that what must become of them is known
 * without reading them: the record that was meant and the names of its repairs, or its text.
 */

/** One record as it stands in a body, and what must become of it. */
export interface Specimen {
  readonly text: string;
  /** The record that leaves; `null` where the text is delivered as text. */
  readonly record: ReadonlyMap<string, Reference> | null;
  readonly repairs: Readonly<RepairCounts>;
}

/** Members of a record as they are written, and as they are meant. */
interface Member {
  readonly name: string;
  readonly text: string;
  readonly value: Reference;
}

const sound = (name: string, value: string | number): Member => ({ name, text: JSON.stringify(value), value });
const word = fc.stringMatching(/^[A-Za-zäß€][A-Za-zäß€ ]{0,12}$/);

/** A member that has to be repaired, and the name of that. */
const mended: fc.Arbitrary<readonly [Repair, Member]> = fc.oneof(
  fc.tuple(word, fc.constantFrom('\u0001', '\t', '\u001f'), word).map(([before, control, after]) => {
    const value = before + control + after;
    return ['control characters', { name: 'note', text: `"${value}"`, value }] as const;
  }),
  fc.tuple(word, fc.constantFrom('q', 'x41', 'u12', ' ', '0'), word).map(([before, letters, after]) => {
    const value = `${before}\\${letters}z${after}`;
    return ['bad escape', { name: 'note', text: `"${value}"`, value }] as const;
  }),
  fc.stringMatching(/^-?0[0-9]{1,5}$/).map((digits) => ['bad number', { name: 'note', text: digits, value: digits }] as const),
  fc
    .constantFrom<readonly [string, Reference]>(
      ['NaN', null],
      ['None', null],
      ['undefined', null],
      ['Infinity', null],
      ['-Infinity', null],
      ['True', true],
      ['False', false],
    )
    .map(([text, value]) => ['foreign literal', { name: 'note', text, value }] as const),
);

/** What no reading makes a record of. */
const hopeless = fc.constantFrom(
  '"note":"he said "hello" twice"',
  '"note" "no colon"',
  '"note":',
  '"note":<html>',
  '"note":1,,"more":2',
  '"note":[1,2}',
  '"note":nul',
);

export const damagedRecord: fc.Arbitrary<(name: string) => Specimen> = fc.oneof(
  fc
    .tuple(fc.array(mended, { minLength: 1, maxLength: 3 }), fc.boolean(), fc.boolean(), ticks())
    .map(([wrong, trailing, bare, tick]) => (name: string): Specimen => {
      const members = [...head(name, tick), ...wrong.map(([, member], index) => ({ ...member, name: `${member.name}${index}` }))];
      const repairs: Repair[] = wrong.map(([repair]) => repair);
      if (trailing) repairs.push('trailing comma');
      if (bare) repairs.push('unquoted name');
      const written = members.map((member, index) => `${bare && index === 2 ? member.name : `"${member.name}"`}:${member.text}`);
      return { text: `{${written.join(',')}${trailing ? ' , ' : ''}}`, record: meant(members), repairs: counted(repairs) };
    }),
  fc
    .tuple(fc.array(word, { minLength: 1, maxLength: 3 }), fc.boolean(), ticks())
    .map(([words, apostrophe, tick]) => (name: string): Specimen => {
      const notes = words.map((text, index) => sound(`note${index}`, apostrophe ? `${text}x's end` : text));
      const members = [...head(name, tick), ...notes];
      const written = members.map((member) => `'${member.name}':${member.text.replaceAll('"', "'")}`);
      return { text: `{${written.join(', ')}}`, record: meant(members), repairs: { 'single quotes': 1 } };
    }),
  fc.tuple(hopeless, ticks()).map(([member, tick]) => (name: string): Specimen => {
    const written = head(name, tick).map((one) => `"${one.name}":${one.text}`);
    return { text: `{${written.join(',')},${member}}`, record: null, repairs: { 'unparsed record': 1 } };
  }),
);

/** A record that is as it should be, of members by which one is known. */
export const soundRecord: fc.Arbitrary<(name: string) => Specimen> = fc
  .tuple(word, ticks())
  .map(([note, tick]) => (name: string): Specimen => {
    const written = [...head(name, tick), sound('note', note)].map((one) => `"${one.name}":${one.text}`);
    const text = `{${written.join(',')}}`;
    return { text, record: referenceRecord(text), repairs: {} };
  });

function ticks(): fc.Arbitrary<string> {
  return fc.bigInt({ min: 10n ** 17n, max: 10n ** 18n }).map(String);
}

/** By two of its members a record is known as one. */
function head(name: string, tick: string): readonly Member[] {
  const properties = new Map<string, Reference>([['requestTime', tick]]);
  return [
    sound('correlationId', name),
    sound('time', '2026-03-10T21:41:05.4350000Z'),
    sound('category', 'Audit'),
    { name: 'properties', text: `{"requestTime":${tick}}`, value: properties },
  ];
}

function meant(members: readonly Member[]): ReadonlyMap<string, Reference> {
  return new Map(members.map(({ name, value }) => [name, value]));
}

export function counted(repairs: readonly Repair[]): RepairCounts {
  const counts: RepairCounts = {};
  for (const repair of repairs) counts[repair] = (counts[repair] ?? 0) + 1;
  return counts;
}
