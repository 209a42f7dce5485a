import { parseDuration } from '../../model/duration.ts';
import type { Diagnostic } from '../../model/errors.ts';
import { diagnostic, type Path, readDocument, type SourceDocument, type SourceFile } from '../../rules/document.ts';
import { diagnosticsOf } from '../../rules/issues.ts';
import { adviceFor } from '../../rules/suggest.ts';
import {
  INPUTS,
  type InputKind,
  type RawCheck,
  type RawCheckInInput,
  type RawEventInput,
  type RawLogInput,
  type RawMetricInput,
  type RawOutage,
  type RawRecordInput,
  type RawTarget,
  testFile,
  testSchema,
} from './schema.ts';

/** An input as written, and where. */
export type TestInput = { readonly place: Place } & (
  | { readonly kind: 'metric'; readonly raw: RawMetricInput }
  | { readonly kind: 'log'; readonly raw: RawLogInput }
  | { readonly kind: 'record'; readonly raw: RawRecordInput }
  | { readonly kind: 'event'; readonly raw: RawEventInput }
  | { readonly kind: 'checkIn'; readonly raw: RawCheckInInput }
  | { readonly kind: 'outage'; readonly raw: RawOutage }
);

/** A part of a test file: its path in the document, for positions. */
export interface Place {
  readonly source: SourceDocument;
  readonly path: Path;
}

export interface TestCheck {
  readonly raw: RawCheck;
  readonly place: Place;
}

/** A test whose form is right. */
export interface RuleTest {
  readonly name: string;
  /** Names of the rules that run; `null`: every rule of the files. */
  readonly rules: readonly string[] | null;
  /** Epoch ms of time 0. */
  readonly start: number;
  readonly targets: Readonly<Record<string, RawTarget>>;
  readonly inputs: readonly TestInput[];
  readonly checks: readonly TestCheck[];
  readonly place: Place;
}

export interface LoadedTests {
  readonly file: string;
  /** Rule files, relative to the test file; `null`: those of the folder above. */
  readonly ruleFiles: readonly string[] | null;
  readonly tests: readonly RuleTest[];
  readonly diagnostics: readonly Diagnostic[];
}

const CODES = { general: 'TCN-T001', unknownKey: 'TCN-T001' } as const;
const USUAL_START = '2026-01-05T00:00Z';

/** Reads a file of rule tests. A test with an error is left out and stated; its neighbours stay. Never throws. */
export function loadTestFile(file: SourceFile): LoadedTests {
  const source = readDocument(file, { plainHex: true });
  const diagnostics: Diagnostic[] = source.problems.map(({ position, message }) =>
    diagnostic('TCN-T001', source.file, position, message),
  );
  const nothing = { file: file.path, ruleFiles: null, tests: [] };
  if (source.broken) return { ...nothing, diagnostics };
  const { data, error } = testFile.safeParse(source.value);
  if (error !== undefined) diagnostics.push(...diagnosticsOf(error.issues, source, [], testFile, CODES));
  if (data === undefined) return { ...nothing, diagnostics };
  const shared = inputsOf(data.input ?? [], { source, path: ['input'] }, diagnostics);
  const tests = data.tests.flatMap((raw, index): readonly RuleTest[] => {
    const place: Place = { source, path: ['tests', index] };
    const parsed = testSchema.safeParse(raw);
    if (parsed.error !== undefined) {
      diagnostics.push(...diagnosticsOf(parsed.error.issues, source, place.path, testSchema, CODES));
      return [];
    }
    const test = parsed.data;
    const before = diagnostics.length;
    const own = inputsOf(test.input ?? [], { source, path: [...place.path, 'input'] }, diagnostics);
    if (diagnostics.length > before) return [];
    const rules = test.rule ?? data.rule;
    return [
      {
        name: test.name,
        rules: rules === undefined ? null : listOf(rules),
        start: Date.parse(test.start ?? data.start ?? USUAL_START),
        targets: test.targets ?? data.targets ?? {},
        inputs: [...shared, ...own],
        checks: test.expect.map((check, at) => ({ raw: check, place: { source, path: [...place.path, 'expect', at] } })),
        place,
      },
    ];
  });
  return { file: file.path, ruleFiles: data.rules === undefined ? null : listOf(data.rules), tests, diagnostics };
}

/** Each input is checked by the form of its own kind, so that the message is about what was meant. */
function inputsOf(raws: readonly unknown[], { source, path }: Place, diagnostics: Diagnostic[]): readonly TestInput[] {
  return raws.flatMap((raw, index): readonly TestInput[] => {
    const place: Place = { source, path: [...path, index] };
    const keys = typeof raw === 'object' && raw !== null ? Object.keys(raw) : [];
    const kind = (Object.keys(INPUTS) as InputKind[]).find((each) => keys.includes(each));
    if (kind === undefined) {
      const hint = adviceFor(keys[0] ?? '', Object.keys(INPUTS), 'it begins with one of');
      diagnostics.push(diagnostic('TCN-T001', source.file, source.valueAt(place.path), 'an input of no known kind', { hint }));
      return [];
    }
    const { data, error } = INPUTS[kind].safeParse(raw);
    if (error !== undefined) diagnostics.push(...diagnosticsOf(error.issues, source, place.path, INPUTS[kind], CODES));
    return data === undefined ? [] : [{ kind, raw: data, place } as TestInput];
  });
}

/** Epoch ms of a time as tests write it: after the start, before it, or absolute. The schema has refused anything else. */
export function instantOf(written: string | 0, start: number): number {
  if (written === 0 || written === '0') return start;
  if (/^\d{4}-/.test(written)) return Date.parse(written);
  const ms = parseDuration(written.replace(/^[-+]/, '')) ?? 0;
  return written.startsWith('-') ? start - ms : start + ms;
}

/** Milliseconds of a span such as `5m` or `+40m`. */
export function lengthOf(written: string | undefined, otherwise: number): number {
  return written === undefined ? otherwise : (parseDuration(written.replace(/^\+/, '')) ?? otherwise);
}

export function listOf(names: string | readonly string[]): readonly string[] {
  return typeof names === 'string' ? [names] : names;
}

/** A diagnostic at a part of a test. */
export function problemAt(
  { source, path }: Place,
  sub: Path,
  message: string,
  options: { readonly hint?: string | null; readonly code?: 'TCN-T002' | 'TCN-T003' } = {},
): Diagnostic {
  const { code = 'TCN-T002', hint = null } = options;
  return diagnostic(code, source.file, source.valueAt([...path, ...sub]), message, { hint });
}
