import { type JsonNames, jsonNames } from './json-path.ts';
import { type Dynamic, isBag } from './types.ts';

/** JSON texts by row. */
export interface JsonRows {
  readonly text: (row: number) => string;
  /** Puts the members of a row's text where they belong; `false` where the parser has to decide (see readMembers). */
  readonly members: (row: number, names: JsonNames, into: Dynamic[]) => boolean;
}

/**
 * The members of the JSON texts of one column that a query asks for. All that were asked for before the first is read are found in one
 * pass over a row's text.
 */
export class JsonMembers {
  readonly #texts: JsonRows;
  readonly #rows: number;
  readonly #parse: (text: string) => Dynamic;
  #asked: (readonly string[])[] = [];
  #passes: Pass[] = [];

  constructor(texts: JsonRows, rows: number, parse: (text: string) => Dynamic) {
    this.#texts = texts;
    this.#rows = rows;
    this.#parse = parse;
  }

  ask(path: readonly string[]): void {
    this.#asked.push(path);
  }

  reader(path: readonly string[]): (row: number) => Dynamic {
    let read: ((row: number) => Dynamic) | null = null;
    return (row) => {
      read ??= this.#readerNow(path);
      return read(row);
    };
  }

  #readerNow(path: readonly string[]): (row: number) => Dynamic {
    let pass = this.#passes.find((each) => each.has(path));
    if (pass === undefined) {
      // A path that only leads to others is not read itself: its value would have to be built.
      const leaves = this.#asked.filter((one) => !this.#asked.some((other) => other.length > one.length && isPrefix(one, other)));
      pass = new Pass([path, ...leaves.filter((one) => !same(one, path))], this.#texts, this.#rows, this.#parse);
      this.#asked = [];
      this.#passes.push(pass);
    }
    return pass.reader(path);
  }
}

class Pass {
  readonly #paths: readonly (readonly string[])[];
  readonly #names: JsonNames;
  readonly #values: Dynamic[][];
  readonly #done: Uint8Array;
  readonly #row: Dynamic[];
  readonly #texts: JsonRows;
  readonly #parse: (text: string) => Dynamic;

  constructor(paths: readonly (readonly string[])[], texts: JsonRows, rows: number, parse: (text: string) => Dynamic) {
    this.#paths = paths.filter((path, index) => paths.findIndex((other) => same(path, other)) === index);
    this.#names = jsonNames(this.#paths);
    this.#values = this.#paths.map(() => new Array<Dynamic>(rows).fill(null));
    this.#row = this.#paths.map(() => null);
    this.#done = new Uint8Array(rows);
    this.#texts = texts;
    this.#parse = parse;
  }

  has(path: readonly string[]): boolean {
    return this.#paths.some((own) => same(own, path));
  }

  reader(path: readonly string[]): (row: number) => Dynamic {
    const values = this.#values[this.#paths.findIndex((own) => same(own, path))] as Dynamic[];
    const done = this.#done;
    return (row) => {
      if (done[row] === 0) this.#read(row);
      return values[row] as Dynamic;
    };
  }

  #read(row: number): void {
    this.#done[row] = 1;
    const found = this.#row;
    found.fill(null);
    const whole = this.#texts.members(row, this.#names, found) ? null : { value: this.#parse(this.#texts.text(row)) };
    for (let index = 0; index < found.length; index += 1) {
      const value = whole === null ? (found[index] as Dynamic) : memberOf(whole.value, this.#paths[index] as readonly string[]);
      (this.#values[index] as Dynamic[])[row] = value;
    }
  }
}

function memberOf(value: Dynamic, path: readonly string[]): Dynamic {
  let member: Dynamic = value;
  for (const name of path) member = isBag(member) && Object.hasOwn(member, name) ? (member[name] ?? null) : null;
  return member;
}

function isPrefix(path: readonly string[], of: readonly string[]): boolean {
  return path.every((name, index) => of[index] === name);
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && isPrefix(a, b);
}
