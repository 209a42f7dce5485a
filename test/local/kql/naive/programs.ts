import type { Schema } from '../../../../src/local/kql/schema.ts';
import type { ColumnSpec, Dynamic, KustoType, Value } from '../../../../src/local/kql/types.ts';
import { type Random, randomOf } from '../../../../src/local/traffic/random.ts';
import type { Row } from './relations.ts';

/*
 * Random small tables and random queries over them, from the part of the grammar that the naive interpreter knows. A program depends on
 * its seed only.
 */

export interface Program {
  readonly query: string;
  readonly schema: Schema;
  readonly tables: Readonly<Record<string, readonly Row[]>>;
}

const COLUMNS: Readonly<Record<string, readonly ColumnSpec[]>> = {
  T: [
    { name: 'a', type: 'long' },
    { name: 'b', type: 'long' },
    { name: 's', type: 'string' },
    { name: 'r', type: 'real' },
    { name: 'f', type: 'bool' },
    { name: 't', type: 'datetime' },
    { name: 'x', type: 'dynamic' },
  ],
  U: [
    { name: 'a', type: 'long' },
    { name: 's', type: 'string' },
    { name: 'c', type: 'long' },
    { name: 'u', type: 'datetime' },
  ],
};

const HOUR = 36_000_000_000;
const WORDS = ['', 'a', 'B', 'ab', 'Ab c', 'a-1', 'x=1;y', 'x=22;', '7', 'error 429'];

class Writer {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  below(limit: number): number {
    return Math.floor(this.#random.uniform() * limit);
  }

  chance(probability: number): boolean {
    return this.#random.uniform() < probability;
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)] as Item;
  }

  /** One of several ways to go on; only the one that is taken is computed. */
  choose<Made>(ways: readonly (() => Made)[]): Made {
    return this.pick(ways)();
  }

  value(type: KustoType): Value {
    if (type !== 'string' && this.chance(0.15)) return null;
    switch (type) {
      case 'bool':
        return this.chance(0.5);
      case 'long':
        return this.chance(0.04) ? this.pick([9_223_372_036_854_775_807n, -9_223_372_036_854_775_808n]) : this.below(6) - 1;
      case 'real':
        return this.pick([0, 1, -1.5, 2.25, 10, 0.1]);
      case 'datetime':
        return this.below(12) * (HOUR / 2) + 199_000_000_000_000_0;
      case 'dynamic':
        return this.dynamic();
      default:
        return this.pick(WORDS);
    }
  }

  dynamic(): Dynamic {
    return this.pick<Dynamic>([null, [], [1], [1, 2, 'a'], [3, 1, 2], { k: 1, l: 'z' }, {}, 5, 'text', [2.5, null]]);
  }
}

export function programOf(seed: number): Program {
  const writer = new Writer(randomOf('program', seed));
  const tables = Object.fromEntries(
    Object.entries(COLUMNS).map(([name, specs]) => [
      name,
      Array.from({ length: writer.below(9) }, (): Row => specs.map((spec) => writer.value(spec.type))),
    ]),
  );
  return { query: new Query(writer).whole(), schema: { tables: COLUMNS }, tables };
}

class Query {
  readonly #writer: Writer;
  #columns: readonly ColumnSpec[] = [];
  #serialized = false;
  #made = 0;

  constructor(writer: Writer) {
    this.#writer = writer;
  }

  whole(): string {
    const lets = this.#writer.chance(0.15) ? this.#let() : '';
    const source = lets !== '' && this.#writer.chance(0.5) ? 'V' : this.#source();
    if (source === 'V') this.#columns = COLUMNS.U ?? [];
    const ordered = this.#writer.chance(0.3) ? [this.#sort(this.#keys(2))] : [];
    const operators = Array.from({ length: 1 + this.#writer.below(5) }, () => this.#operator());
    return `${lets}${[source, ...ordered, ...operators].join('\n| ')}`;
  }

  /** A table by name: a filter, materialized or not, or a function that is called. */
  #let(): string {
    const condition = this.#over('U', () => this.#bool(1));
    return this.#writer.pick([
      `let V = U | where ${condition};\n`,
      `let V = materialize(U | where ${condition});\n`,
      `let pick = (least: long) { U | where c >= least or ${condition} };\nlet V = pick(1);\n`,
    ]);
  }

  #source(): string {
    const writer = this.#writer;
    const [source, columns] = writer.choose<readonly [string, readonly ColumnSpec[]]>([
      () => ['T', COLUMNS.T ?? []],
      () => ['T', COLUMNS.T ?? []],
      () => ['T', COLUMNS.T ?? []],
      () => ['U', COLUMNS.U ?? []],
      () => [`range a from ${writer.below(3)} to ${writer.below(8)} step ${1 + writer.below(3)}`, [{ name: 'a', type: 'long' }]],
      () => [
        `datatable(a:long, s:string) [${Array.from({ length: 1 + writer.below(4) }, () => `${writer.below(4)}, ${JSON.stringify(writer.pick(WORDS))}`).join(', ')}]`,
        [
          { name: 'a', type: 'long' },
          { name: 's', type: 'string' },
        ],
      ],
      () => {
        this.#columns = [];
        return [
          `print a = ${this.#long(2)}, s = ${this.#string(2)}`,
          [
            { name: 'a', type: 'long' },
            { name: 's', type: 'string' },
          ],
        ];
      },
    ]);
    this.#columns = columns;
    return source;
  }

  #over<Made>(table: string, make: () => Made): Made {
    const columns = this.#columns;
    this.#columns = COLUMNS[table] ?? [];
    const made = make();
    this.#columns = columns;
    return made;
  }

  #fresh(): string {
    this.#made += 1;
    return `n${this.#made}`;
  }

  #of(type: KustoType): readonly string[] {
    return this.#columns.filter((spec) => spec.type === type).map((spec) => spec.name);
  }

  #column(): ColumnSpec {
    return this.#writer.pick(this.#columns);
  }

  /** Columns that may be compared: all but dynamic ones. */
  #keys(most: number): readonly ColumnSpec[] {
    const able = this.#columns.filter((spec) => spec.type !== 'dynamic' && spec.type !== 'real');
    const found = new Set(
      Array.from({ length: 1 + this.#writer.below(most) }, () => (able.length === 0 ? undefined : this.#writer.pick(able))),
    );
    return [...found].filter((spec) => spec !== undefined);
  }

  #operator(): string {
    const writer = this.#writer;
    const keys = this.#keys(2);
    const always = [
      () => `where ${this.#bool(2)}`,
      () => this.#extend(),
      () => this.#project(),
      () => this.#take(),
      () => this.#away(),
      () => this.#rename(),
      () => this.#reorder(),
      () => this.#keep(),
      () => this.#name(),
      () => this.#narrow(),
      () => this.#serialize(),
    ];
    const keyed = [
      () => this.#summarize(keys),
      () => this.#summarize(keys),
      () => this.#distinct(keys),
      () => this.#sort(keys),
      () => this.#sort(keys),
      () => this.#topNested(keys),
    ];
    const special = [
      ...(this.#of('long').length > 0 ? [() => this.#join(), () => this.#join(), () => this.#partition()] : []),
      ...(this.#of('dynamic').length > 0
        ? [() => this.#expand(), () => this.#expand(), () => this.#apply(), () => this.#unpack()]
        : []),
      ...(this.#of('string').length > 0 ? [() => this.#parse(), () => this.#pairs(), () => this.#pivot()] : []),
      ...(this.#of('datetime').length > 0 ? [() => this.#makeSeries()] : []),
      () => this.#union(),
      () => this.#count(),
    ];
    if (this.#serialized && this.#of('long').length > 0 && writer.chance(0.35)) return this.#window();
    return writer.choose([...always, ...(keys.length > 0 ? keyed : []), ...special]);
  }

  #extend(): string {
    const type = this.#writer.pick<KustoType>(['long', 'long', 'string', 'bool', 'real', 'datetime']);
    const replaced = this.#writer.chance(0.3) ? this.#column().name : this.#fresh();
    const text = `extend ${replaced} = ${this.#expression(type, 2)}`;
    this.#columns = this.#columns.some((spec) => spec.name === replaced)
      ? this.#columns.map((spec) => (spec.name === replaced ? { name: replaced, type } : spec))
      : [...this.#columns, { name: replaced, type }];
    return text;
  }

  #project(): string {
    const kept = [...new Set(Array.from({ length: 2 + this.#writer.below(4) }, () => this.#column()))];
    const type = this.#writer.pick<KustoType>(['long', 'string']);
    const name = this.#fresh();
    const text = `project ${[...kept.map((spec) => spec.name), `${name} = ${this.#expression(type, 2)}`].join(', ')}`;
    this.#columns = [...kept, { name, type }];
    return text;
  }

  #away(): string {
    if (this.#columns.length < 2) return 'take 100';
    const gone = this.#column().name;
    this.#columns = this.#columns.filter((spec) => spec.name !== gone);
    return `project-away ${gone}`;
  }

  #rename(): string {
    const column = this.#column();
    const name = this.#fresh();
    this.#columns = this.#columns.map((spec) => (spec === column ? { name, type: spec.type } : spec));
    return `project-rename ${name} = ${column.name}`;
  }

  #reorder(): string {
    const column = this.#column();
    this.#columns = [column, ...this.#columns.filter((spec) => spec !== column)];
    return `project-reorder ${column.name}`;
  }

  #keep(): string {
    const kept = new Set(Array.from({ length: 1 + this.#writer.below(4) }, () => this.#column()));
    this.#columns = this.#columns.filter((spec) => kept.has(spec));
    return `project-keep ${this.#columns.map((spec) => spec.name).join(', ')}`;
  }

  #name(): string {
    return `as ${this.#fresh()}`;
  }

  #narrow(): string {
    if (this.#writer.chance(0.7)) return this.#take();
    this.#columns = [
      { name: 'Row', type: 'long' },
      { name: 'Column', type: 'string' },
      { name: 'Value', type: 'string' },
    ];
    this.#serialized = false;
    return 'evaluate narrow()';
  }

  #unpack(): string {
    const bag = this.#writer.pick(this.#of('dynamic'));
    const taken = this.#columns.some(({ name }) => name === 'k' || name === 'l');
    if (taken) return this.#take();
    this.#columns = [
      ...this.#columns.filter(({ name }) => name !== bag),
      { name: 'k', type: 'long' },
      { name: 'l', type: 'string' },
    ];
    this.#serialized = false;
    const stated = this.#columns.map(({ name, type }) => `${name}:${type}`).join(', ');
    return `evaluate bag_unpack(${bag}) : (${stated})`;
  }

  #pivot(): string {
    const text = this.#writer.pick(this.#of('string'));
    const key = this.#of('long').find((name) => name !== text);
    if (key === undefined || this.#columns.some(({ name }) => name === 'aa')) return this.#take();
    this.#columns = [
      { name: key, type: 'long' },
      { name: 'B', type: 'long' },
      { name: 'ab', type: 'long' },
    ];
    this.#serialized = false;
    const aggregate = this.#writer.pick(['count()', `sum(${key})`, `max(${key})`]);
    return `evaluate pivot(${text}, ${aggregate}, ${key}) : (${key}:long, B:long, ab:long)`;
  }

  #pairs(): string {
    const text = this.#writer.pick(this.#of('string'));
    if (this.#columns.some(({ name }) => name === 'x' || name === 'y')) return this.#take();
    this.#columns = [...this.#columns, { name: 'x', type: 'long' }, { name: 'y', type: 'string' }];
    return `parse-kv ${text} as (x:long, y:string) with (pair_delimiter = ";", kv_delimiter = "=")`;
  }

  #take(): string {
    return `${this.#writer.pick(['take', 'take', 'sample'])} ${this.#writer.below(6)}`;
  }

  #count(): string {
    this.#columns = [{ name: 'Count', type: 'long' }];
    this.#serialized = false;
    return 'count';
  }

  #aggregate(): { readonly text: string; readonly type: KustoType } {
    const writer = this.#writer;
    return writer.choose<{ readonly text: string; readonly type: KustoType }>([
      () => ({ text: 'count()', type: 'long' }),
      () => ({ text: `countif(${this.#bool(1)})`, type: 'long' }),
      () => ({ text: `sum(${this.#long(1)})`, type: 'long' }),
      () => ({ text: `sumif(${this.#long(1)}, ${this.#bool(1)})`, type: 'long' }),
      () => ({ text: `avg(${this.#long(1)})`, type: 'real' }),
      () => ({ text: `min(${this.#long(1)})`, type: 'long' }),
      () => ({ text: `max(${this.#expression('datetime', 1)})`, type: 'datetime' }),
      () => ({ text: `dcount(${this.#string(1)})`, type: 'long' }),
      () => ({ text: `make_list(${this.#long(1)})`, type: 'dynamic' }),
      () => ({ text: `avgif(${this.#long(1)}, ${this.#bool(1)})`, type: 'real' }),
      () => ({ text: `maxif(${this.#long(1)}, ${this.#bool(1)})`, type: 'long' }),
      () => ({ text: `dcountif(${this.#string(1)}, ${this.#bool(1)})`, type: 'long' }),
      () => ({ text: `make_list_if(${this.#long(1)}, ${this.#bool(1)})`, type: 'dynamic' }),
      () => ({ text: `stdev(${this.#leaf('long', () => '1')} % 5)`, type: 'real' }),
      () => ({ text: `variance(${this.#leaf('long', () => '1')} % 5)`, type: 'real' }),
      () => ({ text: `make_set(${this.#string(1)})`, type: 'dynamic' }),
      () => ({ text: `percentile(${this.#long(0)}, ${writer.pick([1, 50, 95])})`, type: 'long' }),
      () => ({ text: `sum(${this.#long(1)}) + count()`, type: 'long' }),
    ]);
  }

  #summarize(keys: readonly ColumnSpec[]): string {
    const made = Array.from({ length: this.#writer.below(3) }, () => ({ name: this.#fresh(), ...this.#aggregate() }));
    const by = this.#writer.chance(0.15) && made.length > 0 ? [] : keys;
    if (by.length === 0 && made.length === 0) return this.#count();
    const best = this.#of('long');
    const star = by.length > 0 && best.length > 0 && this.#writer.chance(0.15);
    if (star) {
      const name = this.#writer.pick(best.filter((one) => !by.some((spec) => spec.name === one)));
      if (name !== undefined) {
        const rest = this.#columns.filter((spec) => spec.name !== name && !by.some((key) => key.name === spec.name));
        this.#columns = [...by, { name, type: 'long' }, ...rest];
        this.#serialized = false;
        return `summarize arg_max(${name}, *) by ${by.map((spec) => spec.name).join(', ')}`;
      }
    }
    const items = made.map(({ name, text }) => `${name} = ${text}`).join(', ');
    this.#columns = [...by, ...made];
    this.#serialized = false;
    return `summarize ${items}${by.length > 0 ? ` by ${by.map((spec) => spec.name).join(', ')}` : ''}`;
  }

  #distinct(keys: readonly ColumnSpec[]): string {
    this.#columns = keys;
    this.#serialized = false;
    return `distinct ${keys.map((spec) => spec.name).join(', ')}`;
  }

  #sort(keys: readonly ColumnSpec[]): string {
    this.#serialized = true;
    const order = keys.map(
      (spec) => `${spec.name}${this.#writer.pick(['', ' asc', ' desc', ' asc nulls last', ' desc nulls first'])}`,
    );
    return this.#writer.chance(0.2) && keys.length === 1
      ? `top ${this.#writer.below(5)} by ${order.join(', ')}`
      : `sort by ${order.join(', ')}`;
  }

  #serialize(): string {
    this.#serialized = true;
    return 'serialize';
  }

  #window(): string {
    const name = this.#fresh();
    const key = this.#longColumn();
    const restart = this.#writer.chance(0.5) ? `, ${this.#writer.pick([`${key} != prev(${key})`, this.#bool(1)])}` : '';
    const { text, type } = this.#writer.choose<{ readonly text: string; readonly type: KustoType }>([
      () => ({ text: `row_number(${this.#writer.below(3)}${restart})`, type: 'long' }),
      () => ({ text: `row_cumsum(${this.#long(1)}${restart})`, type: 'long' }),
      () => ({ text: `prev(${this.#longColumn()}, ${1 + this.#writer.below(2)}, 77)`, type: 'long' }),
      () => ({ text: `next(${this.#longColumn()})`, type: 'long' }),
      () => ({ text: `row_rank_dense(${this.#long(0)}${restart})`, type: 'long' }),
    ]);
    this.#columns = [...this.#columns, { name, type }];
    return `extend ${name} = ${text}`;
  }

  /** Kusto looks only columns up in other rows. */
  #longColumn(): string {
    return this.#writer.pick(this.#of('long'));
  }

  #topNested(keys: readonly ColumnSpec[]): string {
    const levels = keys.map((spec) => ({
      key: this.#fresh(),
      value: this.#fresh(),
      spec,
      count: this.#writer.chance(0.7) ? ` ${1 + this.#writer.below(3)}` : '',
    }));
    const text = levels.map(({ key, value, spec, count }) => {
      const by = this.#writer.choose([() => 'count()', () => `sum(${this.#long(0)})`, () => `max(${this.#long(1)})`]);
      return `top-nested${count} of ${key} = ${spec.name} by ${value} = ${by}${this.#writer.pick(['', ' asc', ' desc'])}`;
    });
    this.#columns = levels.flatMap(({ key, value, spec }): readonly ColumnSpec[] => [
      { name: key, type: spec.type },
      { name: value, type: 'long' },
    ]);
    this.#serialized = false;
    return text.join(', ');
  }

  #join(): string {
    const kind = this.#writer.pick([
      ...['inner', 'innerunique', 'leftouter', 'rightouter', 'fullouter', 'leftsemi', 'leftanti', 'rightsemi', 'rightanti'],
      'lookup',
    ]);
    const left = this.#writer.pick(this.#of('long'));
    const [ra, rs, rc] = [this.#fresh(), this.#fresh(), this.#fresh()];
    const right = `(U | project ${ra} = a, ${rs} = s, ${rc} = c)`;
    const rightColumns: readonly ColumnSpec[] = [
      { name: ra, type: 'long' },
      { name: rs, type: 'string' },
      { name: rc, type: 'long' },
    ];
    const texts = this.#of('string');
    const second = texts.length > 0 && this.#writer.chance(0.3) ? `, $left.${this.#writer.pick(texts)} == $right.${rs}` : '';
    const on = `on $left.${left} == $right.${ra}${second}`;
    this.#serialized = false;
    if (kind === 'lookup') {
      this.#columns = [
        ...this.#columns,
        ...rightColumns.filter((spec) => spec.name !== ra && !(second !== '' && spec.name === rs)),
      ];
      return `lookup kind=${this.#writer.pick(['leftouter', 'inner'])} ${right} ${on}`;
    }
    if (kind.startsWith('right') && kind !== 'rightouter') this.#columns = rightColumns;
    else if (kind !== 'leftsemi' && kind !== 'leftanti') this.#columns = [...this.#columns, ...rightColumns];
    return `join kind=${kind} ${right} ${on}`;
  }

  #union(): string {
    // A column of the same name and another type would be split in two.
    if (this.#of('long').length === 0 && this.#columns.some(({ name }) => name === 'a')) return this.#take();
    const longs = this.#of('long');
    const source = this.#writer.chance(0.3) ? `withsource=${this.#fresh()} ` : '';
    const [name] = longs;
    const fresh = this.#fresh();
    const before: readonly ColumnSpec[] = source === '' ? [] : [{ name: source.slice(11, -1), type: 'string' }];
    this.#columns = [
      ...before,
      ...this.#columns,
      ...(name === undefined ? [{ name: 'a', type: 'long' as const }] : []),
      { name: fresh, type: 'string' },
    ];
    this.#serialized = false;
    return `union ${source}(U | project ${name ?? 'a'} = a, ${fresh} = s)`;
  }

  #expand(): string {
    const name = this.#writer.pick(this.#of('dynamic'));
    const typed = this.#writer.chance(0.4);
    const index = this.#writer.chance(0.3) ? this.#fresh() : '';
    const target = this.#writer.chance(0.4) ? this.#fresh() : name;
    const spec: ColumnSpec = { name: target, type: typed ? 'long' : 'dynamic' };
    this.#columns = target === name ? this.#columns.map((one) => (one.name === name ? spec : one)) : [...this.#columns, spec];
    if (index !== '') this.#columns = [...this.#columns, { name: index, type: 'long' }];
    const options = `${this.#writer.chance(0.3) ? 'kind=array ' : ''}${index === '' ? '' : `with_itemindex=${index} `}`;
    const item = target === name ? name : `${target} = ${name}`;
    return `mv-expand ${options}${item}${typed ? ' to typeof(long)' : ''}${this.#writer.chance(0.2) ? ' limit 2' : ''}`;
  }

  #apply(): string {
    const name = this.#writer.pick(this.#of('dynamic'));
    const [item, made] = [this.#fresh(), this.#fresh()];
    const body = this.#writer.pick([
      `summarize ${made} = sum(${item})`,
      `where ${item} > 1 | summarize ${made} = count()`,
      `top 1 by ${item} | project ${made} = ${item} * 2`,
    ]);
    this.#columns = [...this.#columns, { name: made, type: 'long' }];
    this.#serialized = false;
    return `mv-apply ${item} = ${name} to typeof(long) on (${body})`;
  }

  #partition(): string {
    const key = this.#writer.pick(this.#of('long'));
    this.#serialized = false;
    const other = this.#writer.pick(this.#of('long'));
    return this.#writer.choose([
      () => `partition by ${key} (top 2 by ${other})`,
      () => {
        const made = this.#fresh();
        this.#columns = [{ name: made, type: 'long' }];
        return `partition by ${key} (summarize ${made} = sum(${other}))`;
      },
    ]);
  }

  #parse(): string {
    const text = this.#writer.pick(this.#of('string'));
    const [one, two] = [this.#fresh(), this.#fresh()];
    const { pattern, made } = this.#writer.pick<{ readonly pattern: string; readonly made: readonly ColumnSpec[] }>([
      {
        pattern: `"x=" ${one}:long ";" ${two}`,
        made: [
          { name: one, type: 'long' },
          { name: two, type: 'string' },
        ],
      },
      { pattern: `* "-" ${one}:long *`, made: [{ name: one, type: 'long' }] },
      {
        pattern: `${one} " " ${two}`,
        made: [
          { name: one, type: 'string' },
          { name: two, type: 'string' },
        ],
      },
      { pattern: `* "a" ${one}`, made: [{ name: one, type: 'string' }] },
    ]);
    this.#columns = [...this.#columns, ...made];
    return `${this.#writer.pick(['parse', 'parse-where'])} ${text} with ${pattern}`;
  }

  #makeSeries(): string {
    const axis = this.#writer.pick(this.#of('datetime'));
    const name = this.#fresh();
    const keys = this.#writer.chance(0.6) ? this.#keys(1).filter((spec) => spec.name !== axis) : [];
    const { text } = this.#writer.choose([
      () => ({ text: 'count()' }),
      () => ({ text: `sum(${this.#long(1)})` }),
      () => ({ text: `avg(${this.#long(0)}) default=-1.5` }),
    ]);
    const from = 'datetime(2026-04-23T11:00:00Z)';
    const by = keys.length > 0 ? ` by ${keys.map((spec) => spec.name).join(', ')}` : '';
    this.#columns = [...keys, { name, type: 'dynamic' }, { name: axis, type: 'dynamic' }];
    this.#serialized = false;
    return `make-series ${name} = ${text} on ${axis} from ${from} to ${from} + 5h step ${this.#writer.pick(['1h', '90m'])}${by}`;
  }

  #expression(type: KustoType, depth: number): string {
    switch (type) {
      case 'bool':
        return this.#bool(depth);
      case 'string':
        return this.#string(depth);
      case 'real':
        return this.#real(depth);
      case 'datetime':
        return this.#datetime(depth);
      default:
        return this.#long(depth);
    }
  }

  #leaf(type: KustoType, literal: () => string): string {
    const names = this.#of(type);
    return names.length > 0 && this.#writer.chance(0.75) ? this.#writer.pick(names) : literal();
  }

  #long(depth: number): string {
    const writer = this.#writer;
    if (depth === 0) return this.#leaf('long', () => String(writer.below(5)));
    const sub = (): string => this.#long(depth - 1);
    return writer.choose([
      sub,
      () => `(${sub()} ${writer.pick(['+', '-', '*', '/', '%'])} ${sub()})`,
      () => `strlen(${this.#string(depth - 1)})`,
      () => `iff(${this.#bool(depth - 1)}, ${sub()}, ${sub()})`,
      () => `coalesce(${sub()}, ${sub()})`,
      () => `bin(${sub()}, ${1 + writer.below(3)})`,
      () => `abs(${sub()})`,
      () => `tolong(${this.#string(depth - 1)})`,
      () => `${writer.pick(['max_of', 'min_of'])}(${sub()}, ${sub()})`,
      () => `case(${this.#bool(depth - 1)}, ${sub()}, ${this.#bool(depth - 1)}, ${sub()}, ${sub()})`,
      () => `indexof(${this.#string(depth - 1)}, ${JSON.stringify(writer.pick(['a', '', '2;']))})`,
      () => `array_length(${this.#dynamic()})`,
      () => `toscalar(U | where c > ${writer.below(3)} | summarize max(a))`,
      () => `datetime_diff('hour', ${this.#datetime(depth - 1)}, ${this.#datetime(depth - 1)})`,
      () => `(-${sub()})`,
    ]);
  }

  #real(depth: number): string {
    const writer = this.#writer;
    if (depth === 0) return this.#leaf('real', () => writer.pick(['0.5', '2.0', '-1.25']));
    const sub = (): string => this.#real(depth - 1);
    return writer.choose([
      sub,
      () => `(${sub()} ${writer.pick(['+', '-', '*', '/'])} ${sub()})`,
      () => `todouble(${this.#long(depth - 1)})`,
      () => `(${this.#long(depth - 1)} / 2.0)`,
      () => `iff(${this.#bool(depth - 1)}, ${sub()}, ${sub()})`,
    ]);
  }

  #string(depth: number): string {
    const writer = this.#writer;
    if (depth === 0) return this.#leaf('string', () => JSON.stringify(writer.pick(WORDS)));
    const sub = (): string => this.#string(depth - 1);
    return writer.choose([
      sub,
      () => `strcat(${sub()}, ${sub()})`,
      () => `tolower(${sub()})`,
      () => `toupper(${sub()})`,
      () => `tostring(${this.#long(depth - 1)})`,
      () => `tostring(${this.#bool(depth - 1)})`,
      () => `substring(${sub()}, ${writer.below(3)}, ${writer.below(4)})`,
      () => `iff(${this.#bool(depth - 1)}, ${sub()}, ${sub()})`,
      () => `coalesce(${sub()}, ${sub()})`,
    ]);
  }

  #datetime(depth: number): string {
    const writer = this.#writer;
    if (depth === 0) return this.#leaf('datetime', () => 'datetime(2026-04-23T12:30:00Z)');
    const sub = (): string => this.#datetime(depth - 1);
    return writer.choose([
      sub,
      () => `startofday(${sub()})`,
      () => `(${sub()} ${writer.pick(['+', '-'])} 90m)`,
      () => `bin(${sub()}, ${writer.pick(['1h', '7d', '13m'])})`,
    ]);
  }

  #dynamic(): string {
    const name = this.#leaf('dynamic', () => 'dynamic([1, [2, 3], {"k": []}])');
    return this.#writer.pick([name, `${name}[0]`, `${name}[-1]`, `${name}.k`]);
  }

  #bool(depth: number): string {
    const writer = this.#writer;
    if (depth === 0) return this.#leaf('bool', () => writer.pick(['true', 'false']));
    const sub = (): string => this.#bool(depth - 1);
    const comparison = (): string => writer.pick(['==', '!=', '<', '<=', '>', '>=']);
    const needle = (): string => JSON.stringify(writer.pick(['a', 'AB', 'c', '429', 'error']));
    return writer.choose([
      sub,
      () => `(${this.#long(depth - 1)} ${comparison()} ${this.#long(depth - 1)})`,
      () => `(${this.#real(depth - 1)} ${comparison()} ${this.#real(depth - 1)})`,
      () => `(${this.#string(depth - 1)} ${writer.pick(['==', '!='])} ${this.#string(depth - 1)})`,
      () => `(${this.#datetime(depth - 1)} ${comparison()} ${this.#datetime(depth - 1)})`,
      () => `(${sub()} ${writer.pick(['and', 'or'])} ${sub()})`,
      () => `not(${sub()})`,
      () =>
        `(${this.#string(depth - 1)} ${writer.pick(['has', '!has', 'has_cs', 'contains', '!contains', 'contains_cs', 'startswith', '!startswith', 'endswith', 'hasprefix', 'hassuffix'])} ${needle()})`,
      () => `isnull(${this.#long(depth - 1)})`,
      () => `isnotempty(${this.#string(depth - 1)})`,
      () => `(${this.#long(depth - 1)} between (${writer.below(3)} .. ${writer.below(6)}))`,
      () => `(${this.#long(depth - 1)} ${writer.pick(['in', '!in'])} (${writer.below(3)}, 4))`,
      () => `(${this.#string(depth - 1)} ${writer.pick(['in', '!in', 'in~', '!in~'])} ("a", "7"))`,
      () => `(${this.#string(depth - 1)} ${writer.pick(['=~', '!~'])} ${this.#string(depth - 1)})`,
      () => `(${this.#string(depth - 1)} ${writer.pick(['has_any', 'has_all'])} ("a", "1"))`,
      () => `(${this.#long(depth - 1)} in (U | where c > ${writer.below(3)} | project a))`,
    ]);
  }
}
