import { type JsonNames, jsonNames, readMembers } from './json-path.ts';
import { type Dynamic, isBag } from './types.ts';

/**
 * The members of the JSON texts of one column that a query asks for. All that were asked for before the first is read are found in one
 * pass over a row's text.
 */
export class JsonMembers {
  readonly #text: (row: number) => string;
  readonly #rows: number;
  readonly #parse: (text: string) => Dynamic;
  #asked: (readonly string[])[] = [];
  #passes: Pass[] = [];

  constructor(text: (row: number) => string, rows: number, parse: (text: string) => Dynamic) {
    this.#text = text;
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
      pass = new Pass([path, ...leaves.filter((one) => !same(one, path))], this.#text, this.#rows, this.#parse);
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
  readonly #text: (row: number) => string;
  readonly #parse: (text: string) => Dynamic;

  constructor(
    paths: readonly (readonly string[])[],
    text: (row: number) => string,
    rows: number,
    parse: (text: string) => Dynamic,
  ) {
    this.#paths = paths.filter((path, index) => paths.findIndex((other) => same(path, other)) === index);
    this.#names = jsonNames(this.#paths);
    this.#values = this.#paths.map(() => new Array<Dynamic>(rows).fill(null));
    this.#row = this.#paths.map(() => null);
    this.#done = new Uint8Array(rows);
    this.#text = text;
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
    const text = this.#text(row);
    const found = this.#row;
    found.fill(null);
    const whole = readMembers(text, this.#names, found) ? null : { value: this.#parse(text) };
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
