import { closeSync, openSync, readSync } from 'node:fs';
import { STEP, withBuffer } from './growing-file.ts';
import type { PlannedField } from './planned-fields.ts';
import type { Mapping } from './tables.ts';

/** Takes in a value from its bytes, quotes and brackets included. */
type Take = (field: PlannedField, bytes: Buffer, start: number, end: number, row: number) => void;

/** Values that stay in a file for now: by row, where they lie with their quotes or brackets, and what becomes of them. */
export class Deferred {
  readonly #rows: number[] = [];
  readonly #offsets: number[] = [];
  readonly #lengths: number[] = [];
  readonly #fields: PlannedField[] = [];
  readonly #columns = new Set<string>();
  /** Whether there are nested values that may fill any column of a member. */
  #members = false;

  add(field: PlannedField, nested: boolean, offset: number, length: number, row: number): void {
    const { plan } = field;
    if (!('columns' in plan)) return;
    if (nested || plan.columns.length === 0) this.#members = true;
    if (this.#fields[this.#fields.length - 1] !== field) for (const name of plan.columns) this.#columns.add(name);
    this.#rows.push(row);
    this.#offsets.push(offset);
    this.#lengths.push(length);
    this.#fields.push(field);
  }

  /** Whether a column may be among them. */
  mayFill(name: string, mapping: Mapping): boolean {
    return this.#columns.has(name) || (this.#members && mapping.memberMayFill(name));
  }

  /** Reads them from the file; `moved` tells that the bytes of the values to come lie elsewhere. */
  read(path: string, moved: () => void, take: Take): void {
    if (this.#rows.length > 0) withBuffer((buffer) => this.#read(path, buffer, moved, take));
  }

  #read(path: string, buffer: Buffer, moved: () => void, take: Take): void {
    const file = openSync(path, 'r');
    let [begin, end] = [0, 0];
    try {
      for (let index = 0; index < this.#rows.length; index += 1) {
        const offset = this.#offsets[index] as number;
        const length = this.#lengths[index] as number;
        if (offset + length > end) {
          begin = offset;
          end = begin + readSync(file, buffer, 0, Math.max(STEP, length), begin);
          moved();
          // The file was cut back in the meantime; the next refresh begins anew.
          if (offset + length > end) return;
        }
        const from = offset - begin;
        take(this.#fields[index] as PlannedField, buffer, from, from + length, this.#rows[index] as number);
      }
    } finally {
      closeSync(file);
    }
  }
}
