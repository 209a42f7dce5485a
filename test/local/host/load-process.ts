/* A process of its own: loads the app in the folder given and says what came of it. */
import { loadApp } from '../../../src/local/host/load.ts';

const { functions, indexing, loadError } = await loadApp({ appDir: process.argv[2] ?? '', env: {} });
process.stdout.write(`${functions.length} functions, ${indexing}, ${String(loadError)}\n`);
