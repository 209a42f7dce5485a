import type * as z from 'zod';
import { type Diagnostic, ERRORS, type ErrorCode } from '../model/errors.ts';
import { COMPARISON } from './comparison.ts';
import { diagnostic, type Path, type SourceDocument } from './document.ts';
import { DELAY, DURATION, FAILING, RULE_NAME, SHARE } from './schema.ts';
import { adviceFor } from './suggest.ts';

/** Which code a form violation gets where the file format has no more particular one. */
export interface IssueCodes {
  readonly general: ErrorCode;
  readonly unknownKey: ErrorCode;
}

const COMPARISON_KEYS = new Set(['when', 'clear']);
const DURATION_KEYS = new Set([
  'every',
  'window',
  'for',
  'keepFiringFor',
  'delay',
  'within',
  'seen',
  'period',
  'long',
  'short',
  'learn',
]);

/**
 * Diagnostics for what zod found wrong in the part of a document that begins at `base`: unknown keys at the key, with the nearest
 * known one; missing keys at the mapping that lacks them; the rest at the value.
 */
export function diagnosticsOf(
  issues: readonly z.core.$ZodIssue[],
  source: SourceDocument,
  base: Path,
  schema: z.core.$ZodType,
  codes: IssueCodes,
): readonly Diagnostic[] {
  return issues.flatMap((issue) => diagnosticsOfIssue(issue, source, base, schema, codes));
}

function diagnosticsOfIssue(
  issue: z.core.$ZodIssue,
  source: SourceDocument,
  base: Path,
  schema: z.core.$ZodType,
  codes: IssueCodes,
): readonly Diagnostic[] {
  const within = issue.path.filter((segment) => typeof segment !== 'symbol');
  const path = [...base, ...within];
  if (issue.code === 'unrecognized_keys') {
    const known = keysOf(schemaAt(schema, within));
    return issue.keys.map((key) =>
      diagnostic(codes.unknownKey, source.file, source.keyAt([...path, key]), `unknown key \`${key}\``, {
        hint: adviceFor(key, known, 'known keys'),
      }),
    );
  }
  if (issue.code === 'invalid_union') {
    const inner = bestBranch(issue.errors);
    if (inner !== null) return diagnosticsOf(inner, source, path, schemaAt(schema, within) ?? schema, codes);
  }
  const key = String(within.at(-1) ?? '');
  if (!source.has(path)) {
    const code = key === 'respond' ? 'TCN-R004' : codes.general;
    return [diagnostic(code, source.file, source.valueAt(path), `\`${key}\` is missing`, { hint: aboutOf(schema, within) })];
  }
  const code = codeOf(issue, key, codes.general);
  return [diagnostic(code, source.file, source.valueAt(path), messageOf(issue, key), { hint: aboutOf(schema, within) })];
}

function codeOf(issue: z.core.$ZodIssue, key: string, general: ErrorCode): ErrorCode {
  if (general !== 'TCN-R002') return general;
  if (DURATION_KEYS.has(key)) return 'TCN-R007';
  if (COMPARISON_KEYS.has(key)) return 'TCN-R008';
  return issue.code === 'unrecognized_keys' ? 'TCN-R003' : general;
}

const FORMS = new Map([
  [String(DURATION), ERRORS['TCN-R007'].fix],
  [String(DELAY), 'write `auto` or a duration such as 5m'],
  [String(COMPARISON), ERRORS['TCN-R008'].fix],
  [String(FAILING), 'write it as "3 of 5"'],
  [String(SHARE), 'write it as 99.9%'],
  [String(RULE_NAME), 'a letter, then letters, digits, - and _; at most 80'],
]);

function messageOf(issue: z.core.$ZodIssue, key: string): string {
  const subject = key === '' ? 'this' : `\`${key}\``;
  if (issue.code === 'invalid_format') {
    const form = 'pattern' in issue ? FORMS.get(String(issue.pattern)) : undefined;
    return `${subject} does not have the right form${form === undefined ? '' : `: ${form}`}`;
  }
  if (issue.code === 'invalid_value') return `${subject} must be ${issue.values.map(String).join(', ')}`;
  if (issue.code === 'invalid_type') return `${subject} must be ${article(issue.expected)}`;
  if (issue.code === 'too_small') return `${subject} must be at least ${issue.minimum}${unitOf(issue.origin)}`;
  if (issue.code === 'too_big') return `${subject} must be at most ${issue.maximum}${unitOf(issue.origin)}`;
  if (issue.code === 'invalid_union') return `${subject} has none of the allowed forms`;
  return `${subject}: ${issue.message}`;
}

function unitOf(origin: string): string {
  return origin === 'string' ? ' character long' : origin === 'array' ? ' entry long' : '';
}

function article(expected: string): string {
  const words: Readonly<Record<string, string>> = {
    string: 'a text',
    number: 'a number',
    int: 'a whole number',
    boolean: 'true or false',
    object: 'a mapping',
    record: 'a mapping',
    array: 'a list',
  };
  return words[expected] ?? expected;
}

/** Of a union's branches the one that got furthest is what the writer meant; `null` when none got past its first step. */
function bestBranch(branches: readonly (readonly z.core.$ZodIssue[])[]): readonly z.core.$ZodIssue[] | null {
  const deep = branches.filter(
    (issues) => issues.length > 0 && issues.every((issue) => issue.path.length > 0 || issue.code === 'unrecognized_keys'),
  );
  return deep.sort((left, right) => left.length - right.length)[0] ?? null;
}

interface Shape {
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>;
  readonly innerType?: z.core.$ZodType;
  readonly element?: z.core.$ZodType;
  readonly valueType?: z.core.$ZodType;
  readonly options?: readonly z.core.$ZodType[];
}

/** zod keeps its definition as data; this is the one place that reads it. */
function shapeOf(schema: z.core.$ZodType): Shape {
  return schema._zod.def as Shape;
}

function schemaAt(schema: z.core.$ZodType | null, path: Path): z.core.$ZodType | null {
  if (schema === null) return null;
  const { shape, innerType, element, valueType, options } = shapeOf(schema);
  if (innerType !== undefined) return schemaAt(innerType, path);
  const [segment, ...rest] = path;
  if (segment === undefined) return schema;
  if (options !== undefined) return options.map((option) => schemaAt(option, path)).find((found) => found !== null) ?? null;
  return schemaAt(shape?.[String(segment)] ?? element ?? valueType ?? null, rest);
}

function keysOf(schema: z.core.$ZodType | null): readonly string[] {
  if (schema === null) return [];
  const { shape, innerType, options } = shapeOf(schema);
  if (innerType !== undefined) return keysOf(innerType);
  if (options !== undefined) return options.flatMap(keysOf);
  return Object.keys(shape ?? {});
}

function aboutOf(schema: z.core.$ZodType, path: Path): string | null {
  const found = schemaAt(schema, path);
  const description = found === null ? undefined : (found as z.ZodType).description;
  return description ?? null;
}
