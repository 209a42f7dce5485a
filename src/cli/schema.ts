import { parseArgs } from 'node:util';
import { testFileSchema } from '../local/ruletest/json-schema.ts';
import { configFileSchema, ruleFileSchema } from '../rules/json-schema.ts';

const HELP = `tocsin schema
tocsin schema --tests
tocsin schema --config

Prints the JSON Schema (draft-07) of rule files, for editors: save it and begin a rule file with
  # yaml-language-server: $schema=./tocsin-rules.schema.json

  --config     the schema of tocsin.yaml instead
  --tests      the schema of rule tests (*.test.yaml) instead
`;

/** Exit codes: 0 printed, 2 wrong usage. */
export async function run(args: readonly string[]): Promise<number> {
  let wanted: { readonly config: boolean; readonly tests: boolean; readonly help: boolean };
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        config: { type: 'boolean', default: false },
        tests: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    wanted = values;
  } catch (thrown) {
    process.stderr.write(`${thrown instanceof Error ? thrown.message : String(thrown)}\n\n${HELP}`);
    return 2;
  }
  const schema = wanted.config ? configFileSchema : wanted.tests ? testFileSchema : ruleFileSchema;
  process.stdout.write(wanted.help ? HELP : `${JSON.stringify(schema(), null, 2)}\n`);
  return 0;
}
