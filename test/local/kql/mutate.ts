/*
 * Queries made wrong on purpose: tokens dropped, doubled, swapped, taken from another query or replaced by extremes. Seeded, so that
 * a failure can be seen again.
 */

/** A small deterministic generator (mulberry32): numbers from 0 to 1. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const TOKEN =
  /\/\/[^\n]*|@?"(?:[^"\\\n]|\\.)*"|@?'(?:[^'\\\n]|\\.)*'|\d+(?:\.\d+)?[a-z]*|[A-Za-z_]\w*|\s+|[=!<>~]{1,2}|\.\.|[^\s\w]/g;

const EXTREMES = [
  ...[
    '0',
    '-1',
    '1',
    '9223372036854775807',
    '-9223372036854775808',
    '1e308',
    'real(nan)',
    'long(null)',
    'int(2147483647)',
    '0.1',
  ],
  ...[
    '1tick',
    '10675199d',
    'datetime(null)',
    'datetime(0001-01-01)',
    'datetime(9999-12-31 23:59:59.9999999)',
    'time(null)',
    '-1d',
  ],
  ...[
    '""',
    "'((a+)+)+$'",
    '"[[:alpha:]]{1000}"',
    '"\\\\"',
    '"🍕é\\u0000"',
    '"$.a[\'b\'][0]"',
    '"2026-13-45"',
    '"%%%"',
    '"../24"',
  ],
  ...[
    'dynamic(null)',
    'dynamic([])',
    'dynamic({})',
    'dynamic([[1,[2]],{"a":null}])',
    'guid(null)',
    'true',
    'bool(null)',
    'decimal(1.5)',
  ],
  ...[
    '*',
    '(',
    ')',
    '|',
    ',',
    ';',
    '[',
    '{',
    'by',
    'on',
    'kind=leftouter',
    '| take 5',
    '| count',
    '| serialize',
    'asc nulls first',
  ],
];

const FUNCTIONS = [
  ...['strrep', 'repeat', 'range', 'tostring', 'parse_json', 'bin', 'split', 'extract', 'array_concat', 'make_set', 'percentile'],
  ...[
    'row_number',
    'prev',
    'toscalar',
    'format_datetime',
    'parse_xml',
    'zip',
    'pack_all',
    'hash',
    'array_sort_asc',
    'dcount',
    'arg_max',
  ],
];

const NUMBERS = [
  '0',
  '-1',
  '1',
  '2',
  '9223372036854775807',
  '-9223372036854775808',
  '0.1',
  '1e308',
  'real(nan)',
  '1000000',
  'long(null)',
];
const STRINGS = [
  '""',
  "'((a+)+)+$'",
  '"[[:alpha:]]{100}x"',
  '"🍕é\\u0000"',
  "'$.a[0]'",
  '"%%"',
  '"10.0.0.0/8"',
  '"a,b,,c"',
  '\'{"a":[1,{}]}\'',
  '"GPT"',
];
/** Names and operators that may stand for each other without the query becoming wrong. */
const KIN: readonly (readonly string[])[] = [
  ['==', '!=', '<', '>', '<=', '>='],
  [
    'has',
    'contains',
    'startswith',
    'endswith',
    'hasprefix',
    'hassuffix',
    'has_cs',
    '!has',
    '!contains',
    '=~',
    '!~',
    'matches regex',
  ],
  ['in', '!in', 'in~', 'has_any', 'has_all'],
  ['and', 'or'],
  ['+', '-', '*', '/', '%'],
  [
    'sum',
    'avg',
    'min',
    'max',
    'dcount',
    'stdev',
    'variance',
    'make_list',
    'make_set',
    'take_any',
    'count_distinct',
    'binary_all_xor',
  ],
  ['sumif', 'avgif', 'minif', 'maxif', 'dcountif', 'make_list_if', 'make_set_if', 'stdevif'],
  ['arg_max', 'arg_min', 'take_any'],
  [
    'tolower',
    'toupper',
    'strlen',
    'reverse',
    'isempty',
    'isnotempty',
    'url_decode',
    'parse_url',
    'parse_version',
    'parse_ipv4',
    'hash',
  ],
  [
    'toint',
    'tolong',
    'todouble',
    'tostring',
    'todatetime',
    'totimespan',
    'tobool',
    'toguid',
    'todynamic',
    'gettype',
    'todecimal',
  ],
  ['startofday', 'endofweek', 'startofmonth', 'endofyear', 'dayofyear', 'week_of_year', 'hourofday', 'dayofweek'],
  ['abs', 'sqrt', 'log', 'exp', 'sign', 'floor', 'ceiling', 'gamma', 'tohex', 'erf', 'isnan', 'round'],
  ['array_length', 'array_reverse', 'array_sort_asc', 'array_sum', 'bag_keys', 'treepath', 'dynamic_to_json', 'isnull'],
  ['set_union', 'set_intersect', 'set_difference', 'array_concat', 'zip', 'jaccard_index', 'bag_merge'],
  ['inner', 'innerunique', 'leftouter', 'rightouter', 'fullouter', 'leftsemi', 'leftanti', 'rightsemi', 'rightanti'],
  ['asc', 'desc'],
  ['1d', '1h', '5m', '1tick', '0s', '-1h', '10675199d'],
];
const TAILS = [
  ...[
    '| take 3',
    '| count',
    '| distinct *',
    '| extend zz = pack_all()',
    '| extend zz = strrep(tostring(pack_all()), 1000)',
    '| as T | union T',
  ],
  ...[
    '| summarize make_list(pack_all())',
    '| extend zz = range(0, 1000000, 1)',
    '| extend zz = tostring(repeat(repeat("ab", 2000), 2000))',
  ],
  ...[
    '| extend k = 1 | join kind=inner (range k from 1 to 1 step 1) on k',
    '| getschema',
    '| serialize n = row_number()',
    '| summarize arg_max(1, *)',
  ],
  ...[
    '| extend m = parse_json(tostring(pack_all())) | mv-expand m',
    '| extend q = hash(tostring(pack_all())) % 7 | summarize count() by q',
  ],
];

/** One to three changes that leave most queries right: other values, kindred functions and operators, one more operator. */
function vary(query: string, random: () => number): string {
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  const tokens: string[] = query.match(TOKEN) ?? [];
  const changes = 1 + Math.floor(random() * 3);
  const open = tokens.flatMap((token, at) => (/^\s+$|^[^\s\w'"@=!<>+*/%-]$/.test(token) ? [] : [at]));
  let tail = '';
  for (let change = 0; change < changes; change += 1) {
    const at = pick(open.length === 0 ? [0] : open);
    const token = tokens[at] ?? '';
    const kin = KIN.find((names) => names.includes(token));
    if (/^\d+(?:\.\d+)?$/.test(token)) tokens[at] = pick(NUMBERS);
    else if (/^@?["']/.test(token)) tokens[at] = pick(STRINGS);
    else if (kin !== undefined) tokens[at] = pick(kin);
    else if (random() < 0.3) tail += `\n${pick(TAILS)}`;
    else {
      const related = open.filter((index) => KIN.some((names) => names.includes(tokens[index] ?? '')));
      const other = pick(related.length === 0 ? [at] : related);
      tokens[other] = pick(KIN.find((names) => names.includes(tokens[other] ?? '')) ?? [tokens[other] ?? '']);
    }
  }
  return `${tokens.join('').trimEnd().replace(/;$/, '')}${tail}`;
}

/** One to four changes of a query; `others` lend tokens and tails. */
export function mutate(query: string, others: readonly string[], random: () => number): string {
  if (random() < 0.7) return vary(query, random);
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  let tokens: string[] = query.match(TOKEN) ?? [];
  const changes = 1 + Math.floor(random() * 4);
  for (let change = 0; change < changes; change += 1) {
    const at = Math.floor(random() * Math.max(1, tokens.length));
    const other = pick(others).match(TOKEN) ?? [''];
    switch (Math.floor(random() * 9)) {
      case 0:
        tokens.splice(at, 1 + Math.floor(random() * 3));
        break;
      case 1:
        tokens.splice(at, 0, ...tokens.slice(at, at + 1 + Math.floor(random() * 12)));
        break;
      case 2:
        tokens.splice(at, 1, pick(EXTREMES));
        break;
      case 3:
        tokens.splice(at, 1, pick(other));
        break;
      case 4: {
        const cut = Math.floor(random() * other.length);
        tokens.splice(at, tokens.length, ...other.slice(cut));
        break;
      }
      case 5:
        tokens.splice(at, 1, `${pick(FUNCTIONS)}(${tokens[at] ?? ''}, ${pick(EXTREMES)})`);
        break;
      case 6: {
        const with_ = Math.floor(random() * Math.max(1, tokens.length));
        [tokens[at], tokens[with_]] = [tokens[with_] ?? '', tokens[at] ?? ''];
        break;
      }
      case 7:
        tokens.splice(at, 0, String.fromCodePoint(1 + Math.floor(random() * 0x2fff)));
        break;
      default:
        tokens = tokens.map((token) => (/^\d+$/.test(token) && random() < 0.3 ? pick(EXTREMES.slice(0, 10)) : token));
    }
  }
  return tokens.join('').slice(0, 20_000);
}
