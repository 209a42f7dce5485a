/** A place that may be part of what `redact.ts` takes out of text, found by bytes that are rare in records. */
interface Sign {
  readonly bytes: Buffer;
  /** Whether what stands around the sign agrees. */
  readonly agrees: (body: Buffer, at: number, behind: number) => boolean;
}

const ALWAYS = (): boolean => true;
/** A word that gives something: `key=`, `key: `; not the end of a text. */
const GIVES = (body: Buffer, _: number, behind: number): boolean => GIVING.has(body[behind] as number);
const GIVING: ReadonlySet<number> = new Set(Buffer.from(` :='`));
const before =
  (letters: string, back: number) =>
  (body: Buffer, at: number): boolean =>
    letters.includes(String.fromCharCode(body[at - back] as number));

const SIGNS: readonly Sign[] = [
  ...['@', 'yJ', 'Bearer ', 'bearer ', 'BEARER ', 'Basic ', 'basic ', 'BASIC ', 'k-', 'KIA', 'SIA', 'JQQJ99', 'PRIVATE KEY'].map(
    sign(ALWAYS),
  ),
  ...['key', 'Key', 'KEY', 'ken', 'KEN', 'word', 'WORD', 'wd', 'WD', 'cret', 'CRET'].map(sign(GIVES)),
  sign(GIVES)(`'`),
  sign(before('gGeE', 1))('='),
  sign(before('h', 2))('_'),
];

function sign(agrees: Sign['agrees']): (text: string) => Sign {
  return (text) => ({ bytes: Buffer.from(text), agrees });
}

/** Looks over a body once, range by range in ascending order. What it does not find, redaction leaves as it is. */
export class Suspects {
  private body: Buffer = Buffer.alloc(0);
  private readonly next = new Int32Array(SIGNS.length);

  begin(body: Buffer): void {
    this.body = body;
    this.next.fill(-1);
  }

  /** Whether texts without escapes in [from, to) may hold what is to be taken out. */
  in(from: number, to: number): boolean {
    const { body, next } = this;
    let found = false;
    for (let index = 0; index < SIGNS.length; index++) {
      let at = next[index] as number;
      if (at < from) {
        const { bytes, agrees } = SIGNS[index] as Sign;
        at = body.indexOf(bytes, from);
        while (at >= 0 && !agrees(body, at, at + bytes.length)) at = body.indexOf(bytes, at + 1);
        if (at < 0) at = body.length;
        next[index] = at;
      }
      if (at < to) found = true;
    }
    return found;
  }
}
