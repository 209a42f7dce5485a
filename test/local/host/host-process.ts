/* A process of its own: hosts the app given and says where. */
import { wallClock } from '../../../src/local/clock/wall.ts';
import { startHost } from '../../../src/local/host/host.ts';

const [, , appDir = '', storage = '', dataDir = ''] = process.argv;
const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const host = await startHost({ appDir, env: {}, clock: wallClock(), storage, port: 0, dataDir, log });
process.stdout.write(`${host.url}\n`);
