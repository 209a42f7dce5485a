import type { LogAnswer } from '../../model/query.ts';
import type { Window } from '../../model/window.ts';
import type { Table } from '../kql/table.ts';
import { logAnswer } from '../offline/logs.ts';
import type { PartSums } from './part-sums.ts';
import { runOne } from './run-one.ts';
import type { SourceRows } from './source-rows.ts';
import { type Merge, PARTS, type SplitQuery } from './split.ts';

/** Fewer rows than this are summed up faster as a whole. */
const FEW_ROWS = 2_000;
/** Answers kept for windows that are read again. */
const KEPT = 256;

/** A query over windows of what has arrived. */
export class WindowedQuery {
  readonly #split: SplitQuery;
  readonly #rows: readonly SourceRows[];
  readonly #sums: PartSums | null;
  readonly #answers = new Map<string, { readonly rows: string; readonly answer: LogAnswer }>();

  /** `sums` are those of the split's merge; queries that begin alike share them. */
  constructor(split: SplitQuery, rows: readonly SourceRows[], sums: PartSums | null) {
    this.#split = split;
    this.#rows = rows;
    this.#sums = sums;
  }

  /** What it answers at `now` (epoch ms) to whoever asks for the span. The same rows give the same answer, made once. */
  answer(span: Window, now: number): LogAnswer {
    const visible = this.#rows.map((source) => source.visible(span, now));
    const rows = visible.map((each) => each.rows).join();
    const key = `${span.start}/${span.end}`;
    const known = this.#answers.get(key);
    if (known?.rows === rows && !this.#split.asksTime) return known.answer;
    const sums = this.#sums;
    const table =
      sums?.isAligned(span) === true && (visible[0]?.rows ?? 0) >= FEW_ROWS
        ? this.#merged(sums, this.#split.merge as Merge, span, now)
        : this.#whole(visible, now);
    const answer = logAnswer(table);
    this.#keep(key, { rows, answer });
    return answer;
  }

  #whole(visible: readonly ReturnType<SourceRows['visible']>[], now: number): Table {
    const { sources, plan } = this.#split;
    const tables = new Map(
      sources.map(({ name }, index) => {
        const { ranges, rows } = visible[index] as (typeof visible)[number];
        return [name, (this.#rows[index] as SourceRows).table(ranges, rows)];
      }),
    );
    return runOne(plan, now, (name) => tables.get(name));
  }

  #merged(sums: PartSums, { whole }: Merge, span: Window, now: number): Table {
    const parts = sums.upTo(span, now);
    return runOne(whole, now, (name) => (name === PARTS ? parts : undefined));
  }

  #keep(key: string, kept: { readonly rows: string; readonly answer: LogAnswer }): void {
    this.#answers.delete(key);
    this.#answers.set(key, kept);
    const [oldest] = this.#answers.keys();
    if (this.#answers.size > KEPT && oldest !== undefined) this.#answers.delete(oldest);
  }

  forget(before: number): void {
    this.#sums?.forget(before);
  }
}
