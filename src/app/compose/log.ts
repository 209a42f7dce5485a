import type { InvocationContext } from '@azure/functions';
import type { Logger } from 'pino';
import type { Log } from '../../ports.ts';

/** Fields whose values are secrets wherever they turn up. */
const SECRET = ['secret', 'authorization', 'connectionString', 'key', 'token', 'password', 'url'];

let root: Promise<Logger> | undefined;
let current: InvocationContext | undefined;

/** pino is loaded by the first invocation, not by the registration of the functions. */
function rootLog(level: string): Promise<Logger> {
  root ??= makeRoot(level);
  return root;
}

async function makeRoot(level: string): Promise<Logger> {
  const { pino } = await import('pino');
  const redact = { paths: [...SECRET, ...SECRET.map((name) => `*.${name}`)], censor: '[redacted]' };
  return pino({ level, base: null, timestamp: false, redact }, destination);
}

/**
 * The log of one invocation. Lines go through its context, so that the platform files them under it and with their level; pino's own
 * transports need worker threads and do not survive bundling.
 */
export async function logFor(context: InvocationContext, level: string): Promise<Log> {
  const child = (await rootLog(level)).child({ function: context.functionName, invocation: context.invocationId });
  const through =
    (write: keyof Log) =>
    (fields: object, message: string): void => {
      current = context;
      child[write](fields, message);
    };
  current = context;
  return { debug: through('debug'), info: through('info'), warn: through('warn'), error: through('error') };
}

/** The log of what outlives an invocation: its lines are filed under whichever invocation spoke last. */
export async function workerLog(level: string): Promise<Log> {
  const log = await rootLog(level);
  return {
    debug: (fields, message) => log.debug(fields, message),
    info: (fields, message) => log.info(fields, message),
    warn: (fields, message) => log.warn(fields, message),
    error: (fields, message) => log.error(fields, message),
  };
}

/** pino tells a destination with this mark the level of each line: https://github.com/pinojs/pino/blob/main/docs/api.md */
const destination = {
  [Symbol.for('pino.metadata')]: true,
  lastLevel: 0,
  write(line: string): void {
    const text = line.trimEnd();
    if (current === undefined) return;
    if (this.lastLevel >= 50) current.error(text);
    else if (this.lastLevel >= 40) current.warn(text);
    else if (this.lastLevel >= 30) current.info(text);
    else current.debug(text);
  },
};
