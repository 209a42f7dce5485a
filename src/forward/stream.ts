import type { Found } from './found.ts';
import { isBlank, type Json, trimPadding } from './json.ts';
import { type Attempt, parseLenient } from './lenient.ts';
import { countRepair } from './repairs.ts';
import { looksLikeRecord } from './shape.ts';

const WRAPPER = /\{\s*["']records["']\s*:\s*\[/iy;
const AFTER_RECORD = /(?:\}\s*,?\s*|,\s*|\n\s*)(?=\{)/g;
const ANYWHERE = /(?=\{)/g;
const LIST_END = /\]\s*\}?\s*$/;
/** What stands behind the last record of a list in front of another one. */
const CLOSED_LIST = /(?<=\})\s*\]\s*\}?\s*$/;
/** How many times its own length a text may be read again in search of the next whole record. */
const MAX_REREADS = 20;

/**
 * Reads a text that is not one JSON value, as far as it goes: wrappers, lists, lines and concatenated objects, in any mixture. A
 * record that cannot be parsed ends where the next whole record begins; its neighbours are not harmed. `take` gets every value found.
 */
export function readStream(text: string, found: Found, take: (value: Json) => void): void {
  new Stream(text, found, take).read();
}

/** Where a piece without a record ends, and where the next record or wrapper starts. */
interface Next {
  readonly end: number;
  readonly start: number;
}

class Stream {
  private readonly text: string;
  private readonly found: Found;
  private readonly take: (value: Json) => void;
  private at = 0;
  private values = 0;
  private lists = 0;
  private garbageFrom: number | null = null;
  private rereads: number;

  constructor(text: string, found: Found, take: (value: Json) => void) {
    this.text = text;
    this.found = found;
    this.take = take;
    this.rereads = text.length * MAX_REREADS;
  }

  read(): void {
    for (this.skip(isSeparator); this.at < this.text.length; this.skip(isSeparator)) {
      const items = this.itemsOf(this.at);
      if (items === null) this.readValue();
      else this.readList(items);
    }
    this.endGarbage(this.text.length);
    if (this.values > 1) countRepair(this.found.repairs, this.text.includes('\n') ? 'lines' : 'concatenated');
  }

  /** Where the items begin of a list that opens at `at`, bare or in a wrapper; `null` where none opens. */
  private itemsOf(at: number): number | null {
    if (this.text[at] === '[') return at + 1;
    WRAPPER.lastIndex = at;
    return WRAPPER.test(this.text) ? WRAPPER.lastIndex : null;
  }

  private readValue(): void {
    const start = this.at;
    if (this.text[start] !== '{') {
      this.skipGarbage(this.nextRecord(start, ANYWHERE));
      return;
    }
    const attempt = parseLenient(this.text, start);
    // After a list, only what looks like a record is one: senders leave the ends of other buffers behind a body.
    if (attempt.value === undefined) this.readBroken(attempt);
    else if (this.lists > 0 && !looksLikeRecord(attempt.value)) this.skipGarbage({ end: attempt.end, start: attempt.end });
    else {
      this.values++;
      this.accept(attempt);
    }
  }

  private readBroken(attempt: Attempt): void {
    const start = this.at;
    const next = this.nextRecord(start, AFTER_RECORD);
    if (next !== null) this.keepText(start, next);
    else if (attempt.cut) this.leaveCut(start);
    else if (this.lists === 0 && this.found.records.length > 0) {
      this.keepText(start, { end: this.text.length, start: this.text.length });
    } else this.skipGarbage(null);
  }

  private readList(items: number): void {
    const wrapped = this.text[this.at] === '{';
    this.endGarbage(this.at);
    this.lists++;
    this.values++;
    this.at = items;
    for (let mayFollow = true; ; ) {
      this.skip(isBlank);
      const character = this.text[this.at];
      if (character === undefined || character === ']') {
        this.endList(wrapped);
        return;
      }
      if (character === ',') {
        mayFollow = true;
        this.at++;
        continue;
      }
      if (!mayFollow) {
        if (character !== '{') return;
        countRepair(this.found.repairs, 'missing comma');
      }
      const read = this.readItem();
      if (read === 'list over') return;
      mayFollow = read === 'no item';
    }
  }

  private readItem(): 'item' | 'no item' | 'list over' {
    const start = this.at;
    const attempt = parseLenient(this.text, start);
    if (attempt.value !== undefined && this.mayFollowItem(attempt.end)) {
      this.accept(attempt);
      return 'item';
    }
    const next = this.nextRecord(start, AFTER_RECORD);
    const listEnd = LIST_END.exec(this.text.slice(start))?.index;
    if (next !== null) {
      const isOver = this.itemsOf(next.start) !== null;
      const closing = isOver ? CLOSED_LIST.exec(this.text.slice(start, next.end)) : null;
      this.keepText(start, closing === null ? next : { ...next, end: start + closing.index });
      return isOver ? 'list over' : 'no item';
    }
    if (!attempt.cut && listEnd !== undefined && listEnd > 0) {
      this.keepText(start, { end: start + listEnd, start: start + listEnd });
      return 'no item';
    }
    this.leaveCut(start);
    return 'list over';
  }

  private mayFollowItem(at: number): boolean {
    let next = at;
    while (isBlank(this.text.charCodeAt(next))) next++;
    const character = this.text[next];
    return character === undefined || character === ',' || character === ']' || character === '{';
  }

  private endList(wrapped: boolean): void {
    if (this.at >= this.text.length) countRepair(this.found.repairs, 'cut tail');
    this.at++;
    if (!wrapped) return;
    this.skip(isBlank);
    if (this.text[this.at] === '}') this.at++;
    else if (this.text[this.at] === ',') {
      const others = parseLenient(`{${this.text.slice(this.at + 1)}`, 0);
      if (others.value !== undefined) this.at += others.end;
    }
  }

  private accept(attempt: Attempt): void {
    this.endGarbage(this.at);
    for (const repair of attempt.repairs) countRepair(this.found.repairs, repair);
    if (attempt.value !== undefined) this.take(attempt.value);
    this.at = attempt.end;
  }

  private keepText(start: number, next: Next): void {
    this.endGarbage(start);
    countRepair(this.found.repairs, 'unparsed record');
    this.found.texts.push({ text: trimPadding(this.text.slice(start, next.end)), reason: 'record is not JSON' });
    this.at = next.start;
  }

  private leaveCut(start: number): void {
    this.endGarbage(start);
    countRepair(this.found.repairs, 'cut tail');
    this.found.leave('record is cut', this.text.slice(start));
    this.at = this.text.length;
  }

  private skipGarbage(next: Next | null): void {
    this.garbageFrom ??= this.at;
    this.at = next?.start ?? this.text.length;
  }

  private endGarbage(end: number): void {
    if (this.garbageFrom === null) return;
    countRepair(this.found.repairs, 'garbage');
    this.found.leave('text beside the records', this.text.slice(this.garbageFrom, end));
    this.garbageFrom = null;
  }

  private nextRecord(after: number, pattern: RegExp): Next | null {
    pattern.lastIndex = after + 1;
    for (let match = pattern.exec(this.text); match !== null && this.rereads > 0; match = pattern.exec(this.text)) {
      const start = match.index + match[0].length;
      const end = match[0].startsWith('}') ? match.index + 1 : match.index;
      if (match[0] === '') pattern.lastIndex++;
      if (this.text[start] === '{' && this.itemsOf(start) !== null) return { end, start };
      const attempt = parseLenient(this.text, start);
      this.rereads -= attempt.end - start;
      if (looksLikeRecord(attempt.value)) return { end, start };
    }
    return null;
  }

  private skip(what: (code: number) => boolean): void {
    while (what(this.text.charCodeAt(this.at))) this.at++;
  }
}

/** What may stand between values at the top: blanks, commas, and the record separator of JSON text sequences. */
function isSeparator(code: number): boolean {
  return isBlank(code) || code === 44 || code === 0x1e;
}
