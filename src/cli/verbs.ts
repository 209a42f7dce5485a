/** One command of `tocsin`. `run` gets the words after the verb and resolves to the exit code. */
export interface Verb {
  readonly name: string;
  readonly usage: string;
  readonly about: string;
  load(): Promise<{ run(args: readonly string[]): Promise<number> }>;
}

export const VERBS: readonly Verb[] = [
  {
    name: 'start',
    usage: 'start [--port 7071] [--scenario NAME] [--once] [--webhook URL] [--otlp URL]',
    about: 'run the whole service on this machine',
    load: () => import('./start.ts'),
  },
  {
    name: 'check',
    usage: 'check [FILES]',
    about: 'check rule files: schema, metric names, KQL, categories',
    load: () => import('./check.ts'),
  },
  {
    name: 'test',
    usage: 'test [FILES]',
    about: 'run the unit tests of rules',
    load: () => import('./test.ts'),
  },
  {
    name: 'backtest',
    usage: 'backtest --archive DIR --from T --to T [--rules FILES] [--html FILE] [--compare FILES]',
    about: 'what rules would have done over archived diagnostics',
    load: () => import('./backtest.ts'),
  },
  {
    name: 'query',
    usage: 'query KQL --archive DIR|URL [--now T] [--timespan T]',
    about: 'run KQL offline over archived diagnostics',
    load: () => import('./query.ts'),
  },
  {
    name: 'monitor',
    usage: 'monitor --archive DIR|URL [--port N] [--inject FILE]',
    about: 'serve only the Azure Monitor stand-in',
    load: () => import('./monitor.ts'),
  },
  {
    name: 'replay',
    usage: 'replay --archive DIR|FILE --to CONNECTION|URL [--rate N] | replay --quarantine --to CONNECTION|URL',
    about: 'send archived or quarantined diagnostics to an Event Hub',
    load: () => import('./replay.ts'),
  },
  {
    name: 'digest',
    usage: 'digest [--from T --to T] [--html FILE]',
    about: 'compile one digest now from the local data',
    load: async () => {
      const [{ run }, { withStores }] = await Promise.all([import('./digest.ts'), import('./digest-stores.ts')]);
      return { run: (args) => withStores((deps) => run(args, deps)) };
    },
  },
  {
    name: 'send',
    usage: 'send RECEIVER',
    about: 'send a signed test notification',
    load: () => import('./send.ts'),
  },
  {
    name: 'silence',
    usage: 'silence add MATCHER… --comment TEXT [--for TIME] | list | expire ID…',
    about: 'keep alerts from being notified for a while',
    load: () => import('./silence.ts'),
  },
  {
    name: 'ack',
    usage: 'ack FINGERPRINT [--comment TEXT] [--for TIME] [--withdraw]',
    about: 'say that you take care of an alert',
    load: () => import('./ack.ts'),
  },
  {
    name: 'schema',
    usage: 'schema',
    about: 'print the JSON Schema of rule files',
    load: () => import('./schema.ts'),
  },
  {
    name: 'init',
    usage: 'init [DIR]',
    about: 'write a configuration to begin with',
    load: () => import('./init.ts'),
  },
];
