import type { Data } from '../kql/data.ts';
import { parseJson } from '../kql/json.ts';
import type { KustoType } from '../kql/types.ts';
import { Deferred } from './deferred.ts';
import type { FieldPlan } from './field-plan.ts';
import { GrowingColumn } from './growing-column.ts';
import { eachLine, GrowingFile } from './growing-file.ts';
import { lowerGuid, maySpecial, plainNumber, textOfJson, wordValue } from './json-bytes.ts';
import { LineScanner, NESTED, NUMBER, TEXT } from './line-scanner.ts';
import { type PlannedField, PlannedFields } from './planned-fields.ts';
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

/** One for all: it is used for the time of a block, and remembers nothing beyond. */
const scanner = new LineScanner();
/** The same for objects within lines, and whose fields it knows. */
const inner = new LineScanner();
let innerFields: PlannedFields | null = null;
/** Where objects lie that were the text of a field. */
const objects = new TextBlocks();

/** A guid in lower case. */
const guid = Buffer.alloc(36);

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
  #later = new Deferred();
  #whole = false;
  #wanted = NONE;
  #fields: PlannedFields | null = null;

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
      this.#fields = null;
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
    if (this.#later.mayFill(name, this.mapping)) this.#complete();
    return this.#columns.get(name)?.type ?? null;
  }

  /** The first `rows` values of a column, or `null` where it has none. */
  data(name: string, rows: number): Data | null {
    if (this.#ids.has(name)) return this.#resourceData(name, rows);
    if (this.#later.mayFill(name, this.mapping)) this.#complete();
    return this.#columns.get(name)?.data(rows) ?? null;
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
    this.#later = new Deferred();
    this.#whole = false;
    this.rows = 0;
    this.skipped = 0;
    this.earliest = Number.POSITIVE_INFINITY;
    this.latest = Number.NEGATIVE_INFINITY;
    this.#fields = null;
  }

  /** Reads again, at once, what was passed over. */
  #complete(): void {
    if (this.#whole) return;
    this.#whole = true;
    const later = this.#later;
    this.#later = new Deferred();
    const moved = (): void => {
      innerFields = null;
    };
    later.read(this.#file.path, moved, (field, bytes, start, end, row) => this.#addPlaced(field, bytes, start, end, row));
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

  /** `false` for a line that is no record with a time. */
  #add(bytes: Buffer, from: number, to: number, row: number): boolean {
    const { plan: planOf } = this.mapping;
    if (planOf === null || !scanner.scan(bytes, from, to)) return this.#addParsed(bytes, from, to, row);
    this.#fields ??= new PlannedFields(planOf, (plan) => this.#atOnce(plan));
    const fields = this.#fields;
    let time: number | null = null;
    for (let field = 0; field < scanner.count; field += 1) {
      const { plan } = fields.at(scanner, bytes, field);
      if (time === null && plan.kind === 'time' && scanner.kinds[field] === TEXT)
        time = timeOfBytes(bytes, scanner.start[field] as number, scanner.end[field] as number);
    }
    if (time === null) {
      scanner.forget();
      return this.#addParsed(bytes, from, to, row);
    }
    this.#addTime(row, time);
    for (let field = 0; field < scanner.count; field += 1) this.#addField(fields, bytes, field, row);
    return true;
  }

  #addTime(row: number, time: number): void {
    this.#times ??= this.#column('TimeGenerated', 'datetime');
    this.#times.put(row, time);
    if (time < this.earliest) this.earliest = time;
    if (time > this.latest) this.latest = time;
  }

  #atOnce(plan: FieldPlan): { readonly textNow: boolean; readonly nestedNow: boolean } {
    if (!('columns' in plan)) return { textNow: true, nestedNow: true };
    const { mapping } = this;
    const nestedNow = [...this.#wanted].some((name) => plan.columns.includes(name) || mapping.memberMayFill(name));
    return { textNow: plan.columns.length === 0 ? nestedNow : plan.columns.some((name) => this.#wanted.has(name)), nestedNow };
  }

  #addField(fields: PlannedFields, bytes: Buffer, field: number, row: number): void {
    const known = fields.known(field);
    const { plan } = known;
    const kind = scanner.kinds[field];
    if ('columns' in plan && !this.#whole) {
      const start = scanner.start[field] as number;
      const end = scanner.end[field] as number;
      const isLater = plan.kind === 'members' || kind === NESTED || end - start > LONG_TEXT;
      if (isLater && !(kind === NESTED ? known.nestedNow : known.textNow)) {
        const quotes = kind === TEXT ? 1 : 0;
        fields.codes[field] = -1;
        this.#later.add(known, kind === NESTED, this.#file.offset + start - quotes, end - start + 2 * quotes, row);
        return;
      }
    }
    this.#addNow(scanner, fields, bytes, field, row);
  }

  /** Takes in a field, of a line or of an object in one. */
  #addNow(from: LineScanner, fields: PlannedFields, bytes: Buffer, field: number, row: number): void {
    const known = fields.known(field);
    const { codes } = fields;
    const last = codes[field] as number;
    if (from.sameText[field] === 1 && last >= 0 && known.text?.isCoded === true) {
      known.text.putCode(row, last);
      return;
    }
    codes[field] = -1;
    const { plan } = known;
    if (plan.kind === 'skip' || plan.kind === 'time') return;
    const kind = from.kinds[field];
    const start = from.start[field] as number;
    const end = from.end[field] as number;
    const quotes = kind === TEXT ? 1 : 0;
    const plain = quotes === 1 && from.escaped[field] === 0;
    if (plan.kind === 'resource') {
      known.text ??= this.#column(RESOURCE, 'string');
      if (plain) codes[field] = putText(known.text, bytes, start, end, row);
      else if (quotes === 1) known.text.put(row, textOfJson(bytes, start - 1, end + 1));
      return;
    }
    const isShort = end - start <= LONG_TEXT;
    if (plain && isShort && plan.text !== null && (plan.kind === 'cell' || !maySpecial(bytes, start, end))) {
      known.text ??= this.#column(plan.text, 'string');
      codes[field] = putText(known.text, bytes, start, end, row);
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
    if (plain && plan.guid !== null && lowerGuid(bytes, start, end, guid)) {
      known.guid ??= this.#column(plan.guid, 'guid');
      putText(known.guid, guid, 0, guid.length, row);
      return;
    }
    this.#addPlaced(known, bytes, start - quotes, end + quotes, row);
  }

  /** Takes in a value from its bytes, quotes and brackets included. */
  #addPlaced(known: PlannedField, bytes: Buffer, start: number, end: number, row: number): void {
    const { plan } = known;
    if (!('columns' in plan)) return;
    if (plan.text !== null && bytes[start] === QUOTE && end - start >= SURELY_TEXT) {
      if (this.#column(plan.text, 'string').putJson(row, bytes, start + 1, end - 1)) return;
    }
    if (plan.member !== null && this.#addMembers(known, plan.member, plan.text !== null, bytes, start, end, row)) return;
    const value = bytes[start] === QUOTE ? textOfJson(bytes, start, end) : jsonValue(bytes, start, end);
    plan.put(value, (name, type, cell) => this.#column(name, type).put(row, cell));
  }

  /** Takes in an object member by member; `false` for what is none, or only seems to be one. */
  #addMembers(
    known: PlannedField,
    planOf: (name: string) => FieldPlan,
    textIsCell: boolean,
    bytes: Buffer,
    start: number,
    end: number,
    row: number,
  ): boolean {
    if (bytes[start] === QUOTE) {
      if (textIsCell || !objects.write(bytes, start + 1, end - 1)) return false;
      return this.#addMembers(known, planOf, true, objects.block, objects.start, objects.end, row);
    }
    if (bytes[start] !== OPEN_OBJECT) return false;
    known.members ??= new PlannedFields(planOf, (plan) => this.#atOnce(plan));
    const fields = known.members;
    if (fields !== innerFields || inner.bytes !== bytes) inner.begin(bytes);
    innerFields = fields;
    if (!inner.scan(bytes, start, end)) return false;
    const { count } = inner;
    for (let field = 0; field < count; field += 1) fields.at(inner, bytes, field);
    let nested = 0;
    for (let field = 0; field < count; field += 1) {
      if (inner.kinds[field] === NESTED) nested += 1;
      else this.#addNow(inner, fields, bytes, field, row);
    }
    if (nested === 0) return true;
    // The scanner is the same for objects in this one: what it says of this one has to be taken before.
    const places = Array.from({ length: count }, (_, field) => field)
      .filter((field) => inner.kinds[field] === NESTED)
      .map((field) => [fields.known(field), inner.start[field] as number, inner.end[field] as number] as const);
    for (const [field, from, to] of places) this.#addPlaced(field, bytes, from, to, row);
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
