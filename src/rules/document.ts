import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument, Scalar, type Tags } from 'yaml';
import type { Diagnostic, ErrorCode } from '../model/errors.ts';

export type Path = readonly (string | number)[];

export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** A YAML file that was read, and where its parts stand. Lines and columns count from 1. */
export interface SourceDocument {
  readonly file: string;
  readonly value: unknown;
  /** Syntax errors; with `broken` the values cannot be trusted at all. */
  readonly problems: readonly { readonly position: Position; readonly offset: number; readonly message: string }[];
  readonly broken: boolean;
  /** Where the value at the path stands; for one that is missing, its nearest ancestor. */
  valueAt(path: Path): Position;
  /** Where the key that leads to the path stands. */
  keyAt(path: Path): Position;
  has(path: Path): boolean;
  /** Whether a syntax error lies within the value at the path. */
  damaged(path: Path): boolean;
  /** A position inside a text value: line and column of the text itself, counted from 1. */
  insideText(path: Path, line: number, column: number): Position;
}

interface Found {
  readonly key: Node | null;
  readonly value: Node | null;
}

export interface ReadOptions {
  /** Takes `0x10` for the text that it is rather than for 16. */
  readonly plainHex?: boolean;
}

/** Reads one YAML 1.2 document; never throws. */
export function readDocument({ path: file, text }: SourceFile, { plainHex = false }: ReadOptions = {}): SourceDocument {
  const counter = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: counter,
    prettyErrors: false,
    ...(plainHex && { customTags: withoutHex }),
  });
  const position = (offset: number): Position => {
    const { line, col } = counter.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const problems = document.errors.map((error) => ({
    position: position(error.pos[0]),
    offset: error.pos[0],
    message: error.message,
  }));
  const broken = document.errors.some((error) => error.code !== 'DUPLICATE_KEY');
  const find = (path: Path): { readonly found: Found; readonly complete: boolean } => {
    let found: Found = { key: null, value: document.contents };
    for (const segment of path) {
      const next = childOf(found.value, segment, (node) => (isAlias(node) ? (node.resolve(document) ?? null) : node));
      if (next === null) return { found, complete: false };
      found = next;
    }
    return { found, complete: true };
  };
  const start = (node: Node | null): Position => position(node?.range?.[0] ?? 0);
  return {
    file,
    value: broken ? null : toValue(() => document.toJS()),
    problems,
    broken,
    valueAt: (path) => {
      const { found } = find(path);
      return start(found.value ?? found.key);
    },
    keyAt: (path) => {
      const { found, complete } = find(path);
      return start((complete ? found.key : null) ?? found.value);
    },
    has: (path) => find(path).complete,
    damaged: (path) => {
      const [from = 0, to = 0] = find(path).found.value?.range ?? [];
      return problems.some(({ offset }) => offset >= from && offset < to);
    },
    insideText: (path, line, column) => {
      const node = find(path).found.value;
      const at = start(node);
      if (!isScalar(node)) return at;
      if (node.type === Scalar.BLOCK_LITERAL) return insideBlock(text, at, line, column);
      const quote = node.type === Scalar.QUOTE_DOUBLE || node.type === Scalar.QUOTE_SINGLE ? 1 : 0;
      return line === 1 && node.type !== Scalar.BLOCK_FOLDED ? { line: at.line, column: at.column + quote + column - 1 } : at;
    },
  };
}

const withoutHex = (tags: Tags): Tags => tags.filter((tag) => typeof tag === 'string' || tag.format !== 'HEX');

/** A diagnostic of a file at a position. */
export function diagnostic(
  code: ErrorCode,
  file: string,
  { line, column }: Position,
  message: string,
  { hint = null, severity = 'error' }: { readonly hint?: string | null; readonly severity?: Diagnostic['severity'] } = {},
): Diagnostic {
  return { code, severity, file, line, column, message, hint };
}

function childOf(node: Node | null, segment: string | number, resolve: (node: Node) => Node | null): Found | null {
  const parent = node === null ? null : resolve(node);
  if (isMap(parent)) {
    const pair = parent.items.find((item) => isScalar(item.key) && String(item.key.value) === String(segment)) as
      | Pair<Node, Node>
      | undefined;
    return pair === undefined ? null : { key: pair.key, value: pair.value };
  }
  if (isSeq(parent) && typeof segment === 'number') {
    const item = parent.items[segment] as Node | undefined;
    return item === undefined ? null : { key: item, value: item };
  }
  return null;
}

/** Text of a block scalar begins on the line after its `|`, indented as its first line that is not blank. */
function insideBlock(text: string, header: Position, line: number, column: number): Position {
  const lines = text.split('\n').slice(header.line);
  const first = lines.find((each) => each.trim() !== '') ?? '';
  const indent = first.length - first.trimStart().length;
  return { line: header.line + line, column: indent + column };
}

/** Values of a document may refer to unknown aliases, which is a syntax problem already reported. */
function toValue(read: () => unknown): unknown {
  try {
    return read();
  } catch {
    return null;
  }
}
