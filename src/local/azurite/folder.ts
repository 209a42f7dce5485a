import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';

/*
 * A folder belongs to one process at a time. Its owner listens on a port of 127.0.0.1 that a file in the folder names, and answers
 * with the token in that file. A connection to it ends exactly when the owner is gone, however it ended, and no process number that
 * was given to somebody else can mislead.
 */

/** Ms in which an owner has to say who it is, or that it is closing, before it is taken for a stranger or for one who stays. */
const PATIENCE = 5_000;

interface Owner {
  readonly port: number;
  readonly token: string;
  readonly pid: number;
}

export type Claim =
  | { readonly kind: 'in-use'; readonly pid: number }
  /** `closing` tells those who wait that it will not take long. */
  | { readonly kind: 'claimed'; closing(): void };

/** Makes this process the folder's owner. Waits for an owner that is closing; an owner that stays keeps the folder. */
export async function claimFolder(folder: string): Promise<Claim> {
  const file = join(folder, 'owner.json');
  for (;;) {
    const owner = readOwner(file);
    if (owner !== null && !(await outlived(owner))) return { kind: 'in-use', pid: owner.pid };
    const guard = await standGuard();
    writeOwner(file, guard.owner);
    if (readOwner(file)?.token === guard.owner.token) return { kind: 'claimed', closing: guard.closing };
    guard.abandon();
  }
}

async function standGuard() {
  const token = randomUUID();
  const waiting = new Set<Socket>();
  let isClosing = false;
  const server = createServer((socket) => {
    waiting.add(socket);
    socket.unref();
    socket.on('error', () => undefined).on('close', () => waiting.delete(socket));
    socket.write(`${token}\n${isClosing ? 'closing\n' : ''}`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.unref();
  const owner: Owner = { port: (server.address() as AddressInfo).port, token, pid: process.pid };
  return {
    owner,
    closing() {
      isClosing = true;
      for (const socket of waiting) socket.write('closing\n');
    },
    abandon() {
      server.close();
      for (const socket of waiting) socket.destroy();
    },
  };
}

/** Waits for the owner to go: `false` if it is there and does not close. */
async function outlived(owner: Owner): Promise<boolean> {
  const socket = connect(owner.port, '127.0.0.1').setEncoding('utf8');
  let said = '';
  const gone = new Promise<'gone'>((resolve) => {
    socket.on('error', () => resolve('gone')).on('close', () => resolve('gone'));
  });
  const closing = new Promise<'closing'>((resolve) => {
    socket.on('data', (chunk: string) => {
      said += chunk;
      if (said === `${owner.token}\nclosing\n`) resolve('closing');
    });
  });
  try {
    const first = await Promise.race([gone, closing, patience()]);
    if (first === 'gone') return true;
    if (first === 'closing') return (await gone) === 'gone';
    return !said.startsWith(owner.token);
  } finally {
    socket.destroy();
  }
}

function patience(): Promise<'stays'> {
  return new Promise((resolve) => {
    setTimeout(() => resolve('stays'), PATIENCE).unref();
  });
}

function readOwner(file: string): Owner | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Owner;
  } catch {
    return null;
  }
}

function writeOwner(file: string, owner: Owner): void {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(owner));
  renameSync(draft, file);
}
