import { buildApp } from './build.ts';

const { appDir, bundleBytes, zipBytes, rules, diagnostics } = await buildApp();
for (const { file, line, column, code, message, hint } of diagnostics) {
  console.error(`${file}:${line}:${column} ${code} ${message}${hint === null ? '' : `\n  ${hint}`}`);
}
const kib = (bytes: number): string => `${Math.round(bytes / 1024)} KiB`;
console.log(`${appDir}: bundle ${kib(bundleBytes)}, ${rules} rules, ${kib(zipBytes)} zipped`);
process.exitCode = diagnostics.some((diagnostic) => diagnostic.severity === 'error') ? 1 : 0;
