#!/usr/bin/env node
// Runs the command line on Node 22, which reads TypeScript: the machine's own, or the one that `npm ci` installed here.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const readsTypeScript = major > 22 || (major === 22 && minor >= 18);
const own = fileURLToPath(new URL('../../node_modules/node/bin/node', import.meta.url));

if (readsTypeScript) {
  const { main } = await import('./main.ts');
  process.exitCode = await main(process.argv.slice(2));
} else if (existsSync(own)) {
  const child = spawn(own, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(signal === null ? (code ?? 1) : 130));
} else {
  process.stderr.write(`tocsin needs Node 22.18 or later, or the one that \`npm ci\` installs; this is ${process.version}\n`);
  process.exitCode = 4;
}
