import type { FieldPlan } from './field-plan.ts';
import type { GrowingColumn } from './growing-column.ts';
import { sameBytes } from './json-bytes.ts';
import type { LineScanner } from './line-scanner.ts';

/** A field's name and what becomes of it, with the columns that it filled. */
export interface PlannedField {
  readonly key: Buffer;
  readonly plan: FieldPlan;
  text: GrowingColumn | null;
  guid: GrowingColumn | null;
  number: GrowingColumn | null;
  /** Whether its texts, and its nested values, are taken in at once. */
  readonly textNow: boolean;
  readonly nestedNow: boolean;
  /** The members of its objects, once there were any. */
  members: PlannedFields | null;
}

type AtOnce = (plan: FieldPlan) => Pick<PlannedField, 'textNow' | 'nestedNow'>;

/** What becomes of the fields of records, or of the objects in one field of theirs, in the order in which the last one had them. */
export class PlannedFields {
  readonly #planOf: (name: string) => FieldPlan;
  readonly #atOnce: AtOnce;
  /** By position, the number in its pool of the text that was there last, -1 for none. */
  readonly codes: number[] = [];
  readonly #fields: PlannedField[] = [];
  readonly #byName = new Map<string, PlannedField>();

  constructor(planOf: (name: string) => FieldPlan, atOnce: AtOnce) {
    this.#planOf = planOf;
    this.#atOnce = atOnce;
  }

  /** The field at a position of what was scanned last. */
  at(scanner: LineScanner, bytes: Buffer, position: number): PlannedField {
    const last = this.#fields[position];
    if (scanner.sameName[position] === 1 && last !== undefined) return last;
    const start = scanner.keyStart[position] as number;
    const end = scanner.keyEnd[position] as number;
    if (last !== undefined && sameBytes(last.key, bytes, start, end)) return last;
    const field = this.#named(bytes.toString('utf8', start, end));
    this.#fields[position] = field;
    this.codes[position] = -1;
    return field;
  }

  /** The same, where `at` was asked before. */
  known(position: number): PlannedField {
    return this.#fields[position] as PlannedField;
  }

  #named(name: string): PlannedField {
    let field = this.#byName.get(name);
    if (field === undefined) {
      const plan = this.#planOf(name);
      const columns = { text: null, guid: null, number: null };
      field = { key: Buffer.from(name), plan, ...columns, ...this.#atOnce(plan), members: null };
      this.#byName.set(name, field);
    }
    return field;
  }
}
