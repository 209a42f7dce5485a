import { Column, concatColumns, type Table, tableOf } from '../../../src/local/kql/table.ts';
import { TICKS_PER_MS, ticksOfMs } from '../../../src/local/kql/time.ts';
import type { ColumnSpec, KustoType, Value } from '../../../src/local/kql/types.ts';
import { type Random, randomOf } from '../../../src/local/traffic/random.ts';

const ROWS = 400;
const HOUR = 3_600_000;

/** Rows for a table of which there is no archive: values that the query itself speaks of, so that its conditions are met at times. */
export function madeUpTable(name: string, specs: readonly ColumnSpec[], query: string, now: number): Table {
  const words = wordsOf(query);
  const columns = specs.map((spec) => {
    const random = randomOf(name, spec.name, query.length);
    return new Column(
      spec.type,
      Array.from({ length: ROWS }, () => madeUp(spec.type, words, random, now)),
    );
  });
  return tableOf(specs, columns, ROWS);
}

/** Archived rows with made-up ones below them. */
export function extended(archived: Table, below: Table): Table {
  const columns = below.specs.map((spec, index) => {
    const known = archived.columns[archived.specs.findIndex((own) => own.name === spec.name)] ?? null;
    return concatColumns(spec.type, [
      { column: known, rows: archived.rows },
      { column: below.columns[index] ?? null, rows: below.rows },
    ]);
  });
  return tableOf(below.specs, columns, archived.rows + below.rows);
}

interface Words {
  readonly texts: readonly string[];
  readonly numbers: readonly number[];
  readonly names: readonly string[];
}

function wordsOf(query: string): Words {
  const bare = query.replace(/^\s*\/\/.*$/gm, '');
  return {
    texts: ['', 'a', ...[...bare.matchAll(/"([^"\n]*)"|'([^'\n]*)'/g)].map((match) => match[1] ?? match[2] ?? '')],
    numbers: [0, 1, 7, ...[...bare.matchAll(/\b\d+(?:\.\d+)?\b/g)].map((match) => Number(match[0]))],
    names: [...new Set(bare.match(/[A-Za-z_]\w*/g))],
  };
}

function pick<Item>(items: readonly Item[], random: Random): Item {
  return items[Math.floor(random.uniform() * items.length)] as Item;
}

function madeUp(type: KustoType, words: Words, random: Random, now: number): Value {
  if (random.uniform() < 0.05) return type === 'string' ? '' : null;
  switch (type) {
    case 'bool':
      return random.uniform() < 0.5;
    case 'int':
    case 'long':
      return Math.round(pick(words.numbers, random)) + Math.floor(random.uniform() * 3);
    case 'real':
      return pick(words.numbers, random) * (0.5 + random.uniform());
    case 'datetime':
      return ticksOfMs(now) - Math.round(random.uniform() ** 4 * 40 * 24 * HOUR) * TICKS_PER_MS;
    case 'timespan':
      return Math.round(random.uniform() * HOUR) * TICKS_PER_MS;
    case 'guid':
      return random.hex(32).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
    case 'dynamic':
      return Object.fromEntries(Array.from({ length: 6 }, () => [pick(words.names, random), pick(words.texts, random)]));
    default:
      return pick(words.texts, random);
  }
}
