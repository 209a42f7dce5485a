import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Compiled } from '../model/config.ts';
import { TocsinError } from '../model/errors.ts';

let reading: Promise<Compiled> | undefined;

/** The rules and configuration that the build compiled; they lie beside the bundle and are read once per worker. */
export function readCompiled(): Promise<Compiled> {
  reading ??= read(join(import.meta.dirname, 'compiled.json'));
  return reading;
}

async function read(path: string): Promise<Compiled> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Compiled;
  } catch (cause) {
    reading = undefined;
    throw new TocsinError('TCN-C003', `${path} is missing or damaged: build and deploy again`, { cause });
  }
}
