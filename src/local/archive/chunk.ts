import { closeSync, openSync, readSync } from 'node:fs';
import type { Data } from '../kql/data.ts';
import { parseJson } from '../kql/json.ts';
import type { KustoType } from '../kql/types.ts';
import type { FieldPlan, PlacedField } from './field-plan.ts';
import { GrowingColumn } from './growing-column.ts';
import { eachLine, GrowingFile, STEP, withBuffer } from './growing-file.ts';
import { maySpecial, plainNumber, sameBytes, textOfJson, wordValue } from './json-bytes.ts';
import { LineScanner, NESTED, NUMBER, TEXT } from './line-scanner.ts';
import { type ArchiveRecord, cellOf, resourceCells, resourceIdOf, timeOf } from './row.ts';
import type { Mapping } from './tables.ts';
import { TextBlocks } from './text-blocks.ts';
import type { TextPools } from './text-pools.ts';
import { timeOfBytes } from './time-bytes.ts';

/** Longer texts are decoded only when their column is asked for. */
const LONG_TEXT = 64;
/** What is so long in JSON, escapes and all, is neither guid nor time. */
const SURELY_TEXT = 6 * 40 + 2;
const RESOURCE = ' resource';
const QUOTE = 0x22;
const OPEN_OBJECT = 0x7b;
const NONE: ReadonlySet<string> = new Set();

/** A value that stays in the file for now: its row, where it lies with its quotes or brackets, and what becomes of it. */
interface Deferred {
  readonly rows: number[];
  readonly offsets: number[];
  readonly lengths: number[];
  readonly plans: PlacedField[];
}

/** A field's name and what becomes of it, with the columns that it filled. */
interface PlannedField {
  readonly key: Buffer;
  readonly plan: FieldPlan;
  text: GrowingColumn | null;
  number: GrowingColumn | null;
  /** The number in its pool of the text that the field had last, -1 for none. */
  code: number;
  /** Whether its texts, and its nested values, are taken in at once. */
  readonly textNow: boolean;
  readonly nestedNow: boolean;
}

/** One for all: it is used for the time of a block, and remembers nothing beyond. */
const scanner = new LineScanner();
/** The same for objects within lines, and whose fields it knows. */
const inner = new LineScanner();
let innerFields: PlannedField[] | null = null;
/** Where objects lie that were the text of a field. */
const objects = new TextBlocks();

function noneDeferred(): Deferred {
  return { rows: [], offsets: [], lengths: [], plans: [] };
}

/**
 * The rows of one file as columns; it grows as the file does. Long texts and nested values stay in the file until a column that may
 * come from them is asked for.
 */
export class Chunk {
  readonly mapping: Mapping;
  rows = 0;
  /** Lines that are no record with a time. */
  skipped = 0;
  /** Earliest and latest `TimeGenerated`, in ticks. */
  earliest = Number.POSITIVE_INFINITY;
  latest = Number.NEGATIVE_INFINITY;
  readonly #file: GrowingFile;
  readonly #pools: TextPools;
  /** The columns that are made of the resource's id. */
  readonly #ids: ReadonlySet<string>;
  #columns = new Map<string, GrowingColumn>();
  #times: GrowingColumn | null = null;
  /** Columns that are not wholly read, and whether nested values were passed over that may fill any column of a member. */
  #deferred = new Set<string>();
  #deferredMembers = false;
  #later = noneDeferred();
  #whole = false;
  #wanted = NONE;

  constructor(path: string, mapping: Mapping, pools: TextPools) {
    this.#file = new GrowingFile(path);
    this.mapping = mapping;
    this.#pools = pools;
    this.#ids = new Set(Object.keys(resourceCells('', mapping)));
  }

  /** Takes in what was added to the file, at once also what is long and may belong to the columns of these names. */
  async refresh(wanted: ReadonlySet<string> = NONE): Promise<void> {
    if (wanted !== this.#wanted) {
      this.#wanted = wanted;
      this.#plans.length = 0;
      this.#inner.clear();
    }
    const outcome = await this.#file.readBytes((bytes, end) => this.#addLines(bytes, end));
    if (outcome === 'read') return;
    this.#reset();
    await this.#file.readBytes((bytes, end) => this.#addLines(bytes, end));
  }

  /** Names and types of all columns that have a value. */
  columns(): readonly (readonly [name: string, type: KustoType])[] {
    this.#complete();
    return [...this.#columns].flatMap(([name, { type }]) =>
      name === RESOURCE ? [...this.#ids].map((id) => [id, 'string'] as const) : [[name, type] as const],
    );
  }

  /** The type of a column that has a value; the rest of the file is read when it may be there. */
  typeOf(name: string): KustoType | null {
    if (this.#ids.has(name)) return 'string';
    if (this.#isDeferred(name)) this.#complete();
    return this.#columns.get(name)?.type ?? null;
  }

  /** The first `rows` values of a column, or `null` where it has none. */
  data(name: string, rows: number): Data | null {
    if (this.#ids.has(name)) return this.#resourceData(name, rows);
    if (this.#isDeferred(name)) this.#complete();
    return this.#columns.get(name)?.data(rows) ?? null;
  }

  #isDeferred(name: string): boolean {
    return this.#deferred.has(name) || (this.#deferredMembers && this.mapping.memberMayFill(name));
  }

  /** Resource ids are read once; the columns made of them have one value per id. */
  #resourceData(name: string, rows: number): Data | null {
    const ids = this.#column(RESOURCE, 'string').data(rows);
    if (ids.kind !== 'coded') return null;
    const dictionary = this.#pools.derived(name, ids.dictionary, (id) => resourceCells(id as string, this.mapping)[name] ?? '');
    return { kind: 'coded', codes: ids.codes, dictionary };
  }

  #reset(): void {
    this.#columns = new Map();
    this.#times = null;
    this.#deferred = new Set();
    this.#deferredMembers = false;
    this.#later = noneDeferred();
    this.#whole = false;
    this.rows = 0;
    this.skipped = 0;
    this.earliest = Number.POSITIVE_INFINITY;
    this.latest = Number.NEGATIVE_INFINITY;
    this.#plans.length = 0;
    this.#inner.clear();
  }

  /** Reads again, at once, what was passed over. */
  #complete(): void {
    if (this.#whole) return;
    this.#whole = true;
    if (this.#deferred.size === 0 && !this.#deferredMembers) return;
    const later = this.#later;
    this.#later = noneDeferred();
    this.#deferred = new Set();
    this.#deferredMembers = false;
    withBuffer((buffer) => this.#readDeferred(later, buffer));
  }

  #readDeferred({ rows, offsets, lengths, plans }: Deferred, buffer: Buffer): void {
    const file = openSync(this.#file.path, 'r');
    let [begin, end] = [0, 0];
    try {
      for (let index = 0; index < rows.length; index += 1) {
        const offset = offsets[index] as number;
        const length = lengths[index] as number;
        if (offset + length > end) {
          begin = offset;
          end = begin + readSync(file, buffer, 0, Math.max(STEP, length), begin);
          innerFields = null;
          // The file was cut back in the meantime; the next refresh begins anew.
          if (offset + length > end) return;
        }
        const from = offset - begin;
        this.#addPlaced(plans[index] as PlacedField, buffer, from, from + length, rows[index] as number);
      }
    } finally {
      closeSync(file);
    }
  }

  #addLines(bytes: Buffer, end: number): void {
    // What is not found again where it was has to be taken in now.
    if (this.#file.isPacked) this.#whole = true;
    scanner.begin(bytes);
    innerFields = null;
    eachLine(bytes, end, (from, to) => {
      if (this.#add(bytes, from, to, this.rows)) this.rows += 1;
      else this.skipped += 1;
    });
  }

  /** What to do with the fields in the order in which the last lines had them. */
  readonly #plans: PlannedField[] = [];
  /** The same for the members of fields. */
  readonly #inner = new Map<PlacedField, PlannedField[]>();

  /** `false` for a line that is no record with a time. */
  #add(bytes: Buffer, from: number, to: number, row: number): boolean {
    if (this.mapping.plan === null || !scanner.scan(bytes, from, to)) return this.#addParsed(bytes, from, to, row);
    let time: number | null = null;
    for (let field = 0; field < scanner.count; field += 1) {
      const { plan } = this.#planAt(bytes, field);
      if (time === null && plan.kind === 'time' && scanner.kinds[field] === TEXT)
        time = timeOfBytes(bytes, scanner.start[field] as number, scanner.end[field] as number);
    }
    if (time === null) {
      scanner.forget();
      return this.#addParsed(bytes, from, to, row);
    }
    this.#addTime(row, time);
    for (let field = 0; field < scanner.count; field += 1) this.#addField(bytes, field, row);
    return true;
  }

  #addTime(row: number, time: number): void {
    this.#times ??= this.#column('TimeGenerated', 'datetime');
    this.#times.put(row, time);
    if (time < this.earliest) this.earliest = time;
    if (time > this.latest) this.latest = time;
  }

  #planAt(bytes: Buffer, field: number): PlannedField {
    return this.#planned(scanner, this.#plans, this.mapping.plan as (name: string) => FieldPlan, bytes, field);
  }

  #planned(
    from: LineScanner,
    plans: PlannedField[],
    planOf: (name: string) => FieldPlan,
    bytes: Buffer,
    field: number,
  ): PlannedField {
    const last = plans[field];
    if (from.sameName[field] === 1 && last !== undefined) return last;
    const start = from.keyStart[field] as number;
    const end = from.keyEnd[field] as number;
    if (last !== undefined && sameBytes(last.key, bytes, start, end)) return last;
    const key = Buffer.from(bytes.subarray(start, end));
    const plan = planOf(key.toString());
    const made = { key, plan, text: null, number: null, code: -1, ...this.#atOnce(plan) };
    plans[field] = made;
    return made;
  }

  #atOnce(plan: FieldPlan): { readonly textNow: boolean; readonly nestedNow: boolean } {
    if (!('columns' in plan)) return { textNow: true, nestedNow: true };
    const { mapping } = this;
    const nestedNow = [...this.#wanted].some((name) => plan.columns.includes(name) || mapping.memberMayFill(name));
    return { textNow: plan.columns.length === 0 ? nestedNow : plan.columns.some((name) => this.#wanted.has(name)), nestedNow };
  }

  #addField(bytes: Buffer, field: number, row: number): void {
    const known = this.#plans[field] as PlannedField;
    const { plan } = known;
    const kind = scanner.kinds[field];
    if ('columns' in plan && !this.#whole) {
      const start = scanner.start[field] as number;
      const end = scanner.end[field] as number;
      const isLater = plan.kind === 'members' || kind === NESTED || end - start > LONG_TEXT;
      if (isLater && !(kind === NESTED ? known.nestedNow : known.textNow)) {
        const quotes = kind === TEXT ? 1 : 0;
        known.code = -1;
        this.#defer(plan, kind === NESTED, start - quotes, end - start + 2 * quotes, row);
        return;
      }
    }
    this.#addNow(scanner, known, bytes, field, row);
  }

  /** Takes in a field, of a line or of an object in one. */
  #addNow(from: LineScanner, known: PlannedField, bytes: Buffer, field: number, row: number): void {
    if (from.sameText[field] === 1 && known.code >= 0 && known.text?.isCoded === true) {
      known.text.putCode(row, known.code);
      return;
    }
    known.code = -1;
    const { plan } = known;
    if (plan.kind === 'skip' || plan.kind === 'time') return;
    const kind = from.kinds[field];
    const start = from.start[field] as number;
    const end = from.end[field] as number;
    const quotes = kind === TEXT ? 1 : 0;
    const plain = quotes === 1 && from.escaped[field] === 0;
    if (plan.kind === 'resource') {
      known.text ??= this.#column(RESOURCE, 'string');
      if (plain) known.code = putText(known.text, bytes, start, end, row);
      else if (quotes === 1) known.text.put(row, textOfJson(bytes, start - 1, end + 1));
      return;
    }
    const isShort = end - start <= LONG_TEXT;
    if (plain && isShort && plan.text !== null && (plan.kind === 'cell' || !maySpecial(bytes, start, end))) {
      known.text ??= this.#column(plan.text, 'string');
      known.code = putText(known.text, bytes, start, end, row);
      return;
    }
    if (kind === NUMBER && plan.number !== null) {
      const number = plainNumber(bytes, start, end);
      if (number !== null) {
        known.number ??= this.#column(plan.number, plan.numberType);
        known.number.put(row, cellOf(number, plan.numberType));
        return;
      }
    }
    this.#addPlaced(plan, bytes, start - quotes, end + quotes, row);
  }

  #defer(plan: PlacedField, nested: boolean, start: number, length: number, row: number): void {
    const { rows, offsets, lengths, plans } = this.#later;
    if (nested || plan.columns.length === 0) this.#deferredMembers = true;
    if (plans[plans.length - 1] !== plan) for (const name of plan.columns) this.#deferred.add(name);
    rows.push(row);
    offsets.push(this.#file.offset + start);
    lengths.push(length);
    plans.push(plan);
  }

  /** Takes in a value from its bytes, quotes and brackets included. */
  #addPlaced(plan: PlacedField, bytes: Buffer, start: number, end: number, row: number): void {
    if (plan.text !== null && bytes[start] === QUOTE && end - start >= SURELY_TEXT) {
      if (this.#column(plan.text, 'string').putJson(row, bytes, start + 1, end - 1)) return;
    }
    if (plan.member !== null && this.#addMembers(plan, plan.member, bytes, start, end, row)) return;
    const value = bytes[start] === QUOTE ? textOfJson(bytes, start, end) : jsonValue(bytes, start, end);
    plan.put(value, (name, type, cell) => this.#column(name, type).put(row, cell));
  }

  /** Takes in an object member by member; `false` for what is none, or only seems to be one. */
  #addMembers(
    plan: PlacedField,
    member: (name: string) => FieldPlan,
    bytes: Buffer,
    start: number,
    end: number,
    row: number,
  ): boolean {
    if (bytes[start] === QUOTE) {
      // A text that has a column is that column's.
      if (plan.text !== null || !objects.write(bytes, start + 1, end - 1)) return false;
      const { block } = objects;
      return block[objects.start] === OPEN_OBJECT && this.#addMembers(plan, member, block, objects.start, objects.end, row);
    }
    if (bytes[start] !== OPEN_OBJECT) return false;
    let fields = this.#inner.get(plan);
    if (fields === undefined) {
      fields = [];
      this.#inner.set(plan, fields);
    }
    if (fields !== innerFields || inner.bytes !== bytes) inner.begin(bytes);
    innerFields = fields;
    if (!inner.scan(bytes, start, end)) return false;
    for (let field = 0; field < inner.count; field += 1) this.#planned(inner, fields, member, bytes, field);
    // An object in this one would be looked through by the same scanner.
    const objectsInside: number[] = [];
    for (let field = 0; field < inner.count; field += 1) {
      if (inner.kinds[field] === NESTED) objectsInside.push(field, inner.start[field] as number, inner.end[field] as number);
      else this.#addNow(inner, fields[field] as PlannedField, bytes, field, row);
    }
    for (let index = 0; index < objectsInside.length; index += 3) {
      const { plan: own } = fields[objectsInside[index] as number] as PlannedField;
      if ('columns' in own)
        this.#addPlaced(own, bytes, objectsInside[index + 1] as number, objectsInside[index + 2] as number, row);
    }
    return true;
  }

  #addParsed(bytes: Buffer, from: number, to: number, row: number): boolean {
    const record = parseJson(bytes.toString('utf8', from, to)) as ArchiveRecord | undefined;
    const time = typeof record === 'object' && record !== null ? timeOf(record) : null;
    if (record === undefined || time === null) return false;
    this.#addTime(row, time);
    this.#column(RESOURCE, 'string').put(row, resourceIdOf(record));
    this.mapping.put(record, (name, type, value) => this.#column(name, type).put(row, value));
    return true;
  }

  #column(name: string, type: KustoType): GrowingColumn {
    let column = this.#columns.get(name);
    if (column === undefined) {
      column = new GrowingColumn(type, this.#pools.of(name, type));
      this.#columns.set(name, column);
    }
    return column;
  }
}

/** The text's number in its pool, -1 where texts are kept as they are. */
function putText(column: GrowingColumn, bytes: Buffer, start: number, end: number, row: number): number {
  const { pool } = column;
  if (pool === null) {
    column.put(row, bytes.toString('utf8', start, end));
    return -1;
  }
  const code = pool.codeOf(bytes, start, end);
  column.putCode(row, code);
  return code;
}

/** A number, a word, or what is in brackets; `null` for what is no JSON. */
function jsonValue(bytes: Buffer, start: number, end: number): unknown {
  const word = wordValue(bytes, start, end);
  return word === undefined ? (parseJson(bytes.toString('utf8', start, end)) ?? null) : word;
}
