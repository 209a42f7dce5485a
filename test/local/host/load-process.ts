/* A process of its own: loads the app in the folder given and says what came of it. */
import { loadApp } from '../../../src/local/host/load.ts';

try {
  const { functions, indexing, loadError } = await loadApp({ appDir: process.argv[2] ?? '', env: {} });
  process.stdout.write(`${functions.length} functions, ${indexing}, ${String(loadError)}\n`);
} catch (thrown) {
  process.stdout.write(`${String(thrown)}\n`);
}
process.exit();
