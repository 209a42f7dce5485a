import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const AZURITE = fileURLToPath(new URL('../../node_modules/azurite/dist/src/azurite.js', import.meta.url));
const SERVICES = ['Blob', 'Queue', 'Table'] as const;
const ACCOUNTS = 400;
const KEY = Buffer.from('a key for loopback only').toString('base64');

export interface AzuriteAccount {
  readonly name: string;
  readonly key: string;
  readonly connectionString: string;
  readonly blobUri: string;
  readonly queueUri: string;
  readonly tableUri: string;
}

export interface Azurite {
  /** An account that no other caller of this Azurite has: what one test stores, another does not see. */
  account(): AzuriteAccount;
  stop(): Promise<void>;
}

/**
 * Azurite as a child process, in memory. It chooses its own ports (0) and says which, so that no two test files can pick the same.
 * Rejects with its output when it ends before it listens.
 */
export async function startAzurite(): Promise<Azurite> {
  const names = Array.from({ length: ACCOUNTS }, (_, index) => `tocsintest${index}`);
  const child = spawn(process.execPath, [AZURITE, ...argumentsFor()], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, AZURITE_ACCOUNTS: names.map((name) => `${name}:${KEY}`).join(';') },
  });
  const killed = () => void child.kill('SIGKILL');
  process.once('exit', killed);
  const addresses = await listening(child);
  return {
    account: () => {
      const name = names.pop();
      if (name === undefined) throw new Error(`all ${ACCOUNTS} accounts are taken`);
      return accountOf(name, addresses);
    },
    stop: async () => {
      process.removeListener('exit', killed);
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}

function argumentsFor(): readonly string[] {
  const ports = SERVICES.flatMap((service) => [`--${service.toLowerCase()}Port`, '0']);
  return ['--inMemoryPersistence', '--silent', '--skipApiVersionCheck', '--disableTelemetry', ...ports];
}

async function listening(child: ChildProcess): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const said: string[] = [];
  child.stderr?.on('data', (chunk) => said.push(String(chunk)));
  if (child.stdout === null) throw new Error('Azurite without stdout');
  for await (const line of createInterface({ input: child.stdout })) {
    said.push(line);
    const match = /Azurite (\w+) service is successfully listening at (\S+)/.exec(line);
    if (match?.[1] !== undefined && match[2] !== undefined) found.set(match[1], match[2]);
    if (found.size === SERVICES.length) {
      child.stdout.resume();
      return found;
    }
  }
  throw new Error(`Azurite did not start:\n${said.join('\n')}`);
}

function accountOf(name: string, addresses: ReadonlyMap<string, string>): AzuriteAccount {
  const uri = (service: string) => `${addresses.get(service)}/${name}`;
  const endpoints = SERVICES.map((service) => `${service}Endpoint=${uri(service)}`).join(';');
  return {
    name,
    key: KEY,
    connectionString: `DefaultEndpointsProtocol=http;AccountName=${name};AccountKey=${KEY};${endpoints};`,
    blobUri: uri('Blob'),
    queueUri: uri('Queue'),
    tableUri: uri('Table'),
  };
}
