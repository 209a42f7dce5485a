import * as z from 'zod';
import { configFile } from './config-schema.ts';
import { ruleFile } from './schema.ts';

/** JSON Schema (draft-07, which YAML editors speak) of rule files. */
export function ruleFileSchema(): object {
  return { title: 'Tocsin rule file', ...z.toJSONSchema(ruleFile, { target: 'draft-7', io: 'input' }) };
}

/** JSON Schema (draft-07) of tocsin.yaml. */
export function configFileSchema(): object {
  return { title: 'Tocsin configuration', ...z.toJSONSchema(configFile, { target: 'draft-7', io: 'input' }) };
}
