import type { JsonObject } from './json.ts';
import type { RepairCounts } from './repairs.ts';

/** A record that could not be parsed, or a bare scalar where a record should be: delivered as its text. */
export interface RawText {
  readonly text: string;
  readonly reason: string;
}

/** A piece of a body that holds no record that could be told apart; the whole body when nothing was decoded. */
export interface Remainder {
  readonly bytes: Uint8Array;
  readonly reason: string;
}

export interface Decoded {
  readonly records: readonly JsonObject[];
  readonly texts: readonly RawText[];
  readonly remainders: readonly Remainder[];
  readonly repairs: Readonly<RepairCounts>;
}

/** What was found in a body so far. */
export class Found {
  readonly records: JsonObject[] = [];
  readonly texts: RawText[] = [];
  readonly repairs: RepairCounts = {};
  private readonly left: { readonly reason: string; readonly text: string | null }[] = [];

  /** Keeps a piece for the quarantine; `null` is the whole body. */
  leave(reason: string, text: string | null): void {
    this.left.push({ reason, text });
  }

  decoded(body: Uint8Array): Decoded {
    const { records, texts, repairs, left } = this;
    const [first] = left;
    const nothing = records.length === 0 && texts.length === 0;
    const remainders =
      nothing && first !== undefined
        ? [{ bytes: body, reason: first.reason }]
        : left.map(({ reason, text }) => ({ reason, bytes: text === null ? body : Buffer.from(text, 'utf8') }));
    return { records, texts, remainders, repairs };
  }
}
