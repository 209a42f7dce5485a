/*
 * JSON read one character at a time, as RFC 8259 has it and with nothing of the product: what forwarding is held to. Objects are maps,
 * of members of one name the last counts, integers that a double does not hold are the text of their digits.
 */

export type Reference = string | number | boolean | null | readonly Reference[] | ReadonlyMap<string, Reference>;

/** Throws where the text is not one JSON value. */
export function referenceOf(text: string): Reference {
  let at = 0;
  const value = read();
  blanks();
  if (at !== text.length) throw new Error(`more at ${at}`);
  return value;

  function read(): Reference {
    blanks();
    const first = text.charAt(at);
    if (first === '{') return members();
    if (first === '[') return items();
    if (first === '"') return string();
    for (const [word, meaning] of [
      ['true', true],
      ['false', false],
      ['null', null],
    ] as const) {
      if (text.startsWith(word, at)) {
        at += word.length;
        return meaning;
      }
    }
    return number();
  }

  function members(): Reference {
    const object = new Map<string, Reference>();
    at++;
    blanks();
    if (text.charAt(at) === '}') at++;
    else
      for (let next = ','; next === ','; next = end('}')) {
        blanks();
        const name = string();
        blanks();
        expect(':');
        object.set(name, read());
      }
    return object;
  }

  function items(): Reference {
    const list: Reference[] = [];
    at++;
    blanks();
    if (text.charAt(at) === ']') at++;
    else for (let next = ','; next === ','; next = end(']')) list.push(read());
    return list;
  }

  function end(close: string): string {
    blanks();
    const found = text.charAt(at);
    expect(found === ',' ? ',' : close);
    return found;
  }

  function string(): string {
    expect('"');
    let value = '';
    for (;;) {
      const one = text.charAt(at++);
      if (one === '"') return value;
      if (one < ' ') throw new Error(`control character or end at ${at}`);
      if (one !== '\\') {
        value += one;
        continue;
      }
      const sign = text.charAt(at++);
      if (sign === 'u') {
        const code = text.slice(at, at + 4);
        if (!/^[0-9a-fA-F]{4}$/.test(code)) throw new Error(`escape at ${at}`);
        value += String.fromCharCode(Number.parseInt(code, 16));
        at += 4;
      } else {
        const place = '"\\/bfnrt'.indexOf(sign);
        if (place < 0 || sign === '') throw new Error(`escape at ${at}`);
        value += '"\\/\b\f\n\r\t'.charAt(place);
      }
    }
  }

  function number(): Reference {
    const [digits] = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/.exec(text.slice(at)) ?? [];
    if (digits === undefined) throw new Error(`no value at ${at}`);
    at += digits.length;
    if (/[.eE]/.test(digits)) return Number(digits);
    return BigInt(Number(digits)) === BigInt(digits) && Number.isSafeInteger(Number(digits)) ? Number(digits) : digits;
  }

  function expect(one: string): void {
    if (text.charAt(at) !== one) throw new Error(`no ${one} at ${at}`);
    at++;
  }

  function blanks(): void {
    while (text.charAt(at) !== '' && ' \t\r\n'.includes(text.charAt(at))) at++;
  }
}

/** A record as it should leave: properties that were sent as text are the object that they hold. */
export function referenceRecord(text: string): ReadonlyMap<string, Reference> {
  const record = new Map(referenceOf(text) as ReadonlyMap<string, Reference>);
  const properties = record.get('properties');
  if (typeof properties === 'string') {
    try {
      const inner = referenceOf(properties);
      if (inner instanceof Map) record.set('properties', inner);
    } catch {
      // Text it is.
    }
  }
  return record;
}
