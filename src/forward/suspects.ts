import type { Redaction } from '../model/config.ts';

/*
 * Whether a text may hold what `redact.ts` takes out of it, asked of its bytes, so that the many texts that hold nothing are copied
 * without being read as text. It may say yes where redaction finds nothing, never no where it finds something.
 */

/** What is looked for: nothing; names of content, which stand in quotes; credentials and addresses as well. */
export type Suspicion = 'none' | 'content' | 'all';

export function suspicionOf({ content, secrets, emails }: Redaction): Suspicion {
  if (secrets || emails) return 'all';
  return content ? 'content' : 'none';
}

/** The same of a record from a body in which there are apostrophes or none: names of content in its texts stand between them. */
export function suspicionFor({ apostrophes }: { readonly apostrophes: boolean }, redaction: Redaction): Suspicion {
  const usual = suspicionOf(redaction);
  return usual === 'content' && !apostrophes ? 'none' : usual;
}

/** Whether the text at [from, to), which has neither escapes nor double quotes, may hold what is to be taken out. */
export function isSuspect(bytes: Uint8Array, from: number, to: number, suspicion: Suspicion): boolean {
  if (suspicion === 'none') return false;
  const ends = suspicion === 'all' ? ENDS : APOSTROPHE;
  for (let at = from; at < to; at++) if (ends[bytes[at] as number] === 1 && endsSign(bytes, at)) return true;
  return false;
}

/** 1 for the bytes that signs end with. */
const ENDS = tableOf(`'@ :=-_JAK`);
const APOSTROPHE = tableOf(`'`);

function tableOf(characters: string): Uint8Array {
  const table = new Uint8Array(256);
  for (const code of Buffer.from(characters)) table[code] = 1;
  return table;
}

const [SPACE, DASH, COLON, EQUALS, UNDERSCORE, UPPER_A, UPPER_J, UPPER_K] = [32, 45, 58, 61, 95, 65, 74, 75] as const;

/** Whether the byte at `at` ends a sign. Letters are compared in lower case, so more may agree than redaction takes out. */
function endsSign(bytes: Uint8Array, at: number): boolean {
  switch (bytes[at]) {
    case SPACE:
      return endsWith(bytes, at, 'rer') || endsWith(bytes, at, 'sic');
    case COLON:
      return endsGivingWord(bytes, at);
    case EQUALS:
      return endsGivingWord(bytes, at) || endsWith(bytes, at, 'ig') || endsWith(bytes, at, 'de');
    case DASH:
      return endsWith(bytes, at, 'sk');
    case UNDERSCORE:
      return endsWith(bytes, at - 1, 'gh');
    case UPPER_A:
      return endsWith(bytes, at, 'i');
    case UPPER_J:
      return endsWith(bytes, at, 'ey') || endsWith(bytes, at, 'qq');
    case UPPER_K:
      return bytes[at - 1] === SPACE;
    default:
      return true;
  }
}

/** A word that gives something, `key=`, `token :`. */
function endsGivingWord(bytes: Uint8Array, at: number): boolean {
  const end = bytes[at - 1] === SPACE ? at - 1 : at;
  return GIVING_WORDS.some((word) => endsWith(bytes, end, word));
}

const GIVING_WORDS = ['ey', 'en', 'rd', 'wd', 'et'] as const;
const TO_LOWER = 32;

function endsWith(bytes: Uint8Array, end: number, word: string): boolean {
  for (let back = 1; back <= word.length; back++) {
    if (((bytes[end - back] as number) | TO_LOWER) !== word.charCodeAt(word.length - back)) return false;
  }
  return true;
}
