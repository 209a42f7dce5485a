import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Rule } from '../../../../src/model/rule.ts';
import { loadRuleFiles } from '../../../../src/rules/load.ts';

/** The built-in rules. */
export function builtInRules(): readonly Rule[] {
  const folder = fileURLToPath(new URL('../../../../rules/', import.meta.url));
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  const { rules, diagnostics } = loadRuleFiles(
    files.map((name) => ({ path: `rules/${name}`, text: readFileSync(folder + name, 'utf8') })),
  );
  const broken = diagnostics.find(({ severity }) => severity === 'error');
  if (broken !== undefined) throw new Error(`${broken.file}: ${broken.message}`);
  return rules;
}
