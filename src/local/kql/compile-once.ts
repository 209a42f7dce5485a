import type { Diagnostic } from '../../model/errors.ts';
import { type Compiled, compileQuery } from './engine.ts';
import { AZURE_SCHEMA } from './schemas.ts';

const MOST = 300;
const compilations = new Map<string, Compiled | readonly Diagnostic[]>();

/** `compileQuery` against the Azure tables. A rule asks the same every minute: the few hundred queries asked last are kept. */
export function compileOnce(query: string): Compiled | readonly Diagnostic[] {
  const known = compilations.get(query) ?? compileQuery(query, AZURE_SCHEMA);
  compilations.delete(query);
  compilations.set(query, known);
  const [oldest] = compilations.keys();
  if (compilations.size > MOST && oldest !== undefined) compilations.delete(oldest);
  return known;
}
