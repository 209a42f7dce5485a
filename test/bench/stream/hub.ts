import { startHub } from '../../../src/local/hub/hub.ts';

/* The Event Hubs stand-in alone. Prints its connection string. */

const [dataDir = '', partitions = '4'] = process.argv.slice(2);
const hub = await startHub({ partitions: Number(partitions), dataDir, clock: { now: Date.now, wall: Date.now } });
console.log(hub.connectionString('diagnostics'));
process.stdin.resume();
