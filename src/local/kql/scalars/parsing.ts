import type { Bag, Dynamic } from '../types.ts';
import { bagOf } from './bags.ts';
import { asText, type Scalar, type ScalarTable, textual } from './define.ts';
import { parseXml } from './xml.ts';

/** `scheme://user:password@host:port/path?query#fragment`; a part that is missing is the empty string. */
function parseUrl(text: string): Bag {
  const found =
    /^(?:([A-Za-z][\w+.-]*):\/\/)?(?:([^/?#@:]*)(?::([^/?#@]*))?@)?(\[[^\]]*\]|[^/?#:]*)(?::(\d+))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s.exec(
      text,
    );
  const [, scheme = '', user = '', password = '', host = '', port = '', path = '', query = '', fragment = ''] = found ?? [];
  return {
    Scheme: scheme,
    Host: host,
    Port: port,
    Path: path,
    Username: user,
    Password: password,
    'Query Parameters': queryParameters(query),
    Fragment: fragment,
  };
}

function queryParameters(query: string): Bag {
  const pairs = query.split('&').filter((pair) => pair !== '');
  return bagOf(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      return at < 0 ? [decoded(pair), ''] : [decoded(pair.slice(0, at)), decoded(pair.slice(at + 1))];
    }),
  );
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

function parseUrlQuery(text: string): Bag {
  return { 'Query Parameters': queryParameters(text.slice(text.indexOf('?') + 1)) };
}

function parsePath(text: string): Bag {
  const [, scheme = '', rest = text] = /^([A-Za-z][\w+.-]*):\/\/(.*)$/s.exec(text) ?? [];
  const root = /^(?:\\\\\?\\)?[A-Za-z]:[\\/]?/.exec(rest)?.[0] ?? '';
  const cut = Math.max(rest.lastIndexOf('/'), rest.lastIndexOf('\\'));
  const directory = cut < 0 ? '' : rest.slice(0, cut);
  const [name = '', ...streams] = rest.slice(cut + 1).split(':');
  const dot = name.lastIndexOf('.');
  return {
    Scheme: scheme,
    RootPath: root,
    DirectoryPath: directory,
    DirectoryName: directory.split(/[\\/]/).at(-1) ?? '',
    Filename: name,
    Extension: dot < 0 ? '' : name.slice(dot + 1),
    AlternateDataStreamName: streams.join(':'),
  };
}

/** The fields of the first record of comma-separated values (RFC 4180). */
function parseCsv(text: string): readonly string[] {
  const fields: string[] = [];
  let field = '';
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] as string;
    if (quoted) {
      if (char !== '"') field += char;
      else if (text[at + 1] === '"') {
        field += '"';
        at += 1;
      } else quoted = false;
    } else if (char === '"' && field === '') quoted = true;
    else if (char === ',') {
      fields.push(field);
      field = '';
    } else if (char === '\n' || char === '\r') break;
    else field += char;
  }
  return [...fields, field];
}

/** One to four parts of up to eight digits as a decimal that orders like the version; null for other text. */
function parseVersion(text: string): string | null {
  if (!/^\d{1,8}(?:\.\d{1,8}){0,3}$/.test(text.trim())) return null;
  const parts = text.trim().split('.');
  const digits = [0, 1, 2, 3].map((index) => (parts[index] ?? '0').padStart(8, '0')).join('');
  return BigInt(digits).toString();
}

/** Arguments as Windows splits them: quotes group, a backslash before a quote escapes it. */
function parseCommandLine(text: string): readonly string[] {
  const found: string[] = [];
  let current: string | null = null;
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const slashes = /^\\+(?=")/.exec(text.slice(at, at + 1000))?.[0].length ?? 0;
    if (slashes > 0) {
      current = `${current ?? ''}${'\\'.repeat(Math.floor(slashes / 2))}${slashes % 2 === 1 ? '"' : ''}`;
      at += slashes - (slashes % 2 === 1 ? 0 : 1);
    } else if (text[at] === '"') {
      quoted = !quoted;
      current ??= '';
    } else if (!quoted && /[ \t]/.test(text[at] as string)) {
      if (current !== null) found.push(current);
      current = null;
    } else current = (current ?? '') + text[at];
  }
  return current === null ? found : [...found, current];
}

const commandLine: Scalar = {
  bind: (_call, args) => {
    const [text, kind] = args.map((arg) => asText(arg));
    return (row) => (kind?.(row).toLowerCase() === 'windows' ? [...parseCommandLine(text?.(row) ?? '')] : null);
  },
};

export const PARSING: ScalarTable = {
  parse_url: textual(parseUrl),
  parseurl: textual(parseUrl),
  parse_urlquery: textual(parseUrlQuery),
  parseurlquery: textual(parseUrlQuery),
  parse_path: textual(parsePath),
  parse_csv: textual((text) => [...parseCsv(text)] as Dynamic),
  parse_version: textual(parseVersion),
  parse_xml: textual(parseXml),
  parse_command_line: commandLine,
};
