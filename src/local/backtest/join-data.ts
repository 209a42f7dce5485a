import { type Coded, type Data, dictionaryOf } from '../kql/data.ts';
import { concatData } from '../kql/rearrange.ts';
import type { KustoType, Value } from '../kql/types.ts';

/** One below the other. Of dictionaries that differ only the texts in use are looked at: they may hold many that no row here has. */
export function joined(parts: readonly Data[], type: KustoType): Data {
  const coded = parts.filter((part): part is Coded => part.kind === 'coded');
  const mixed =
    coded.length > 1 && coded.length === parts.length && coded.some((part) => part.dictionary !== coded[0]?.dictionary);
  if (mixed && (type === 'string' || type === 'guid')) return joinedTexts(coded);
  return concatData(parts);
}

function joinedTexts(parts: readonly Coded[]): Data {
  const codes = new Int32Array(parts.reduce((rows, part) => rows + part.codes.length, 0));
  const values: Value[] = [];
  const known = new Map<Value, number>();
  let at = 0;
  for (const part of parts) {
    const texts = part.dictionary.values;
    const translated = new Int32Array(part.dictionary.size).fill(-1);
    for (const from of part.codes) {
      let code = translated[from] as number;
      if (code < 0) {
        const text = texts[from] as Value;
        code = known.get(text) ?? values.push(text) - 1;
        known.set(text, code);
        translated[from] = code;
      }
      codes[at] = code;
      at += 1;
    }
  }
  return { kind: 'coded', codes, dictionary: dictionaryOf(values, true) };
}
