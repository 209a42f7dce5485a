import {
  CITATIONS,
  type Citation,
  type Conversion,
  EVENT_NAME,
  FAMILIES,
  type Family,
  LEFT_OUT,
  MAPPING_VERSION,
  OPENAI_CATEGORIES,
  OPENAI_RECORD,
  OPERATIONS,
  OTHER_PREFIX,
  type PropertyRule,
  RECORD,
  RESOURCE,
  SCOPE_NAME,
  SEVERITIES,
  TAG,
  TOKEN_USAGE,
} from '../../src/forward/otlp/mapping.ts';

/** What a conversion does to a value, for who reads the page. */
const CONVERSIONS: Readonly<Record<Conversion, string>> = {
  'as it is': '',
  integer: 'a whole number, also from text',
  number: 'a number, also from text',
  sum: 'the sum of a list of counts, or the one count',
  ticks: 'the digits of .NET ticks, and the same as RFC 3339',
  streaming: '`true` for `Streaming`, else `false`',
  body: 'becomes the body of the log record',
  'left out': 'not sent: it names a person',
};

interface Row {
  readonly from: string;
  readonly to: string;
  readonly by: Citation;
  readonly how?: string;
}

/** docs/forwarding-mapping.md, of the table of the encoder itself. */
export function mappingPage(): string {
  return [
    '# Mapping of diagnostics to OpenTelemetry',
    '',
    '<!-- Made by `npm run generate` from src/forward/otlp/mapping.ts; edit the table there. -->',
    '',
    `Version ${MAPPING_VERSION}, sent as the version of the instrumentation scope \`${SCOPE_NAME}\`. Every log record has the event name \`${EVENT_NAME}\`.`,
    'What cannot be converted is sent as it came. Most of the conventions have the status *development*: a later version may rename.',
    '',
    ...section('Resource', [
      ...Object.values(RESOURCE),
      { from: 'the inventory: tags named in `resourceTags`', to: `${TAG.prefix}<name>`, by: TAG.by },
    ]),
    ...section('Every log record', [
      ...Object.values(RECORD),
      { from: 'any other member', to: `${OTHER_PREFIX}<name>`, by: 'tocsin' },
      { from: listed(LEFT_OUT), to: '', by: 'tocsin', how: 'not sent: it names a person' },
    ]),
    ...section(`${FAMILIES.openai.name}: categories ${listed(OPENAI_CATEGORIES)}, in addition`, [
      ...Object.values(OPENAI_RECORD),
      ...rowsOf(FAMILIES.openai),
    ]),
    ...section(`${FAMILIES.machineLearning.name}: categories \`Aml…\`, in addition`, rowsOf(FAMILIES.machineLearning)),
    ...section('Any other category', rowsOf(FAMILIES.any)),
    '## Operations of Azure OpenAI',
    '',
    `| \`operationName\` | \`${OPENAI_RECORD.operation.to}\` | \`${OPENAI_RECORD.api.to}\` |`,
    '|---|---|---|',
    ...[...OPERATIONS].map(
      ([name, { operation, api }]) => `| \`${name}\` | \`${operation}\` | ${api === null ? '' : `\`${api}\``} |`,
    ),
    '',
    '## Severity',
    '',
    '`severityText` is the level as it was sent. Records of Azure OpenAI without a level: 13 (WARN) for a status from 400, 17 (ERROR) from 500.',
    '',
    '| level, in any case | severity number |',
    '|---|---|',
    ...[...byNumber()].map(([number, levels]) => `| ${levels.map((level) => `\`${level}\``).join(', ')} | ${number} |`),
    '',
    '## Platform metrics',
    '',
    'Gauges `<name>_total`, `<name>_count`, `<name>_minimum`, `<name>_maximum`, `<name>_average`, each only where it was sent; the name in lower case',
    'with `_` for blanks; start is time less grain; members of `dimension` are attributes (after the Azure encoding extension, which sends 0 for',
    'what is absent).',
    '',
    '## Tokens',
    '',
    `With \`tokenUsage: true\` the histogram \`${TOKEN_USAGE.metric}\`, unit \`${TOKEN_USAGE.unit}\` (semconv gen-ai), with the attributes`,
    `${attributesOfTokens()}.`,
    '',
    '## Sources',
    '',
    ...Object.entries(CITATIONS).map(([name, { what, url }]) => `- **${name}**: ${url === null ? what : `[${what}](${url})`}`),
    '',
  ].join('\n');
}

function rowsOf({ rules, others, prefix }: Family): readonly Row[] {
  return [
    ...[...rules.values()].flatMap(rowsOfRule),
    ...[...others].map(([from, to]): Row => ({ from: `\`${from}\``, to, by: 'tocsin' })),
    {
      from: 'any other of `properties`',
      to: prefix === null ? '<name>' : `${prefix}<name>`,
      by: 'tocsin',
      ...(prefix !== null && { how: 'the name in snake case' }),
    },
  ];
}

function rowsOfRule({ from, to, as, by, second }: PropertyRule): readonly Row[] {
  const source = `\`properties.${from}\``;
  if (as === 'body') return [{ from: source, to: '', by, how: CONVERSIONS.body }];
  if (as === 'left out') return [{ from: source, to: to.join(), by, how: CONVERSIONS[as] }];
  return to.map((name, index) => ({ from: source, to: name, by: index === 0 ? by : (second ?? by), how: CONVERSIONS[as] }));
}

function section(title: string, rows: readonly Row[]): readonly string[] {
  return [
    `## ${title}`,
    '',
    '| Azure | OpenTelemetry | how | source |',
    '|---|---|---|---|',
    ...rows.map(({ from, to, by, how = '' }) => `| ${from} | ${to === '' ? '' : `\`${to}\``} | ${how} | ${by} |`),
    '',
  ];
}

function byNumber(): ReadonlyMap<number, readonly string[]> {
  const levels = new Map<number, string[]>();
  for (const [level, number] of SEVERITIES) levels.set(number, [...(levels.get(number) ?? []), level]);
  return new Map([...levels].toSorted(([a], [b]) => a - b));
}

function attributesOfTokens(): string {
  const { metric: _, unit: __, ...attributes } = TOKEN_USAGE;
  return Object.values(attributes)
    .map((name) => `\`${name}\``)
    .join(', ');
}

function listed(names: Iterable<string>): string {
  return [...names].map((name) => `\`${name}\``).join(', ');
}
