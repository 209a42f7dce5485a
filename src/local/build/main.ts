import { parseArgs } from 'node:util';
import { asTocsinError } from '../../model/errors.ts';
import { buildApp } from './build.ts';

/* `npm run build [-- --config DIR --out DIR]`: exits with 1 for any error in rules or configuration. Rules without one are in the app. */

const { values } = parseArgs({ options: { config: { type: 'string' }, out: { type: 'string' } } });
try {
  const { appDir, bundleBytes, zipBytes, rules, usable, diagnostics } = await buildApp({
    ...(values.config === undefined ? {} : { configDir: values.config }),
    ...(values.out === undefined ? {} : { outDir: values.out }),
  });
  for (const { file, line, column, code, severity, message, hint } of diagnostics) {
    const head = `${file}:${line}:${column} ${severity === 'warning' ? 'warning ' : ''}${code}`;
    console.error(`${head} ${message}${hint === null ? '' : `\n  ${hint}`}`);
  }
  const kib = (bytes: number): string => `${Math.round(bytes / 1024)} KiB`;
  if (usable) console.log(`${appDir}: bundle ${kib(bundleBytes)}, ${rules} rules, ${kib(zipBytes)} zipped`);
  process.exitCode = diagnostics.some((diagnostic) => diagnostic.severity === 'error') ? 1 : 0;
} catch (thrown) {
  const { message, fix } = asTocsinError(thrown);
  console.error(`${message}\n  ${fix}`);
  process.exitCode = 1;
}
