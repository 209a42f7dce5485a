import { TocsinError } from '../../model/errors.ts';

/*
 * Route templates of ASP.NET Core, as far as HTTP triggers use them: literals, `{name}`, `{name?}`, `{name=default}`, `{*rest}` and
 * the inline constraints below. Literals match in any case.
 */
export interface Route {
  /** The parameters of a path (without the query), or `null` if the route does not match it. */
  match(path: string): Readonly<Record<string, string>> | null;
  /** Routes that match the same path are tried in this order: literals before constrained parameters before others before the rest. */
  readonly rank: string;
}

type Segment =
  | { readonly kind: 'literal'; readonly text: string }
  | {
      readonly kind: 'parameter';
      readonly name: string;
      readonly isOptional: boolean;
      readonly fallback: string | null;
      readonly constraints: readonly ((value: string) => boolean)[];
    }
  | { readonly kind: 'rest'; readonly name: string };

const PARAMETER = /^(\*{0,2})([A-Za-z_][\w-]*)((?::[A-Za-z]+(?:\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))?)*)(?:=([^?]*))?(\?)?$/;
const CONSTRAINT = /:([A-Za-z]+)(?:\(((?:[^()]|\((?:[^()]|\([^()]*\))*\))*)\))?/g;

/** Throws TCN-L005 for a template that is not understood. */
export function parseRoute(template: string): Route {
  const segments = template
    .replace(/^\/|\/$/g, '')
    .split(/\/(?![^{}]*\})/)
    .filter((text) => text !== '')
    .map((text) => segmentOf(text, template));
  return { match: (path) => match(segments, split(path)), rank: segments.map(rankOf).join('') };
}

function segmentOf(text: string, template: string): Segment {
  if (!text.includes('{')) return { kind: 'literal', text: text.toLowerCase() };
  const inner = /^\{(.*)\}$/.exec(text)?.[1];
  const [, stars, name, constraints = '', fallback, optional] = PARAMETER.exec(inner ?? '') ?? [];
  if (name === undefined) throw new TocsinError('TCN-L005', `route ${template}: ${text} is not understood`);
  if (stars !== '') return { kind: 'rest', name };
  return {
    kind: 'parameter',
    name,
    isOptional: optional !== undefined || fallback !== undefined,
    fallback: fallback ?? null,
    constraints: [...constraints.matchAll(CONSTRAINT)].map(([, kind = '', argument = '']) =>
      constraint(kind, argument, template),
    ),
  };
}

function constraint(kind: string, argument: string, template: string): (value: string) => boolean {
  const pattern = { int: /^-?\d+$/, long: /^-?\d+$/, alpha: /^[a-z]+$/i, bool: /^(true|false)$/i, guid: GUID }[
    kind.toLowerCase()
  ];
  if (pattern !== undefined) return (value) => pattern.test(value);
  if (kind === 'regex') {
    // Braces and brackets are doubled in a template.
    const regex = new RegExp(argument.replace(/([{}[\]])\1/g, '$1'), 'i');
    return (value) => regex.test(value);
  }
  throw new TocsinError('TCN-L005', `route ${template}: the constraint ${kind} is not supported locally`);
}

const GUID = /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i;

function match(segments: readonly Segment[], path: readonly string[]): Readonly<Record<string, string>> | null {
  const params: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    if (segment.kind === 'rest') {
      params[segment.name] = path.slice(index).join('/');
      return params;
    }
    const value = path[index];
    if (segment.kind === 'literal') {
      if (value?.toLowerCase() !== segment.text) return null;
      continue;
    }
    if (value === undefined) {
      if (!segment.isOptional) return null;
      if (segment.fallback !== null) params[segment.name] = segment.fallback;
      continue;
    }
    if (!segment.constraints.every((holds) => holds(value))) return null;
    params[segment.name] = value;
  }
  return path.length > segments.length ? null : params;
}

/** Path segments, decoded, except that an encoded slash stays encoded. */
function split(path: string): readonly string[] {
  return path
    .split('/')
    .filter((text) => text !== '')
    .map((text) => {
      try {
        return decodeURIComponent(text.replace(/%2f/gi, '%252F'));
      } catch {
        return text;
      }
    });
}

function rankOf(segment: Segment): string {
  if (segment.kind === 'literal') return '0';
  if (segment.kind === 'rest') return '3';
  return segment.constraints.length > 0 ? '1' : '2';
}
