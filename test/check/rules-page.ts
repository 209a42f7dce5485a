import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { formatDuration } from '../../src/model/duration.ts';
import type { Rule } from '../../src/model/rule.ts';
import { costOf } from '../../src/rules/cost.ts';
import { loadRuleFiles, type RuleNotes } from '../../src/rules/load.ts';

/* docs/rules.md, made from the packs in rules/. */

/** The order of reading: what most people run comes first. A pack that is not named comes last. */
const ORDER = [
  'azure-openai',
  'content-safety',
  'foundry-models',
  'provisioned-throughput',
  'foundry-agents',
  'ai-services',
  'machine-learning',
  'online-endpoints',
  'api-management',
  'platform',
  'cost-and-quota',
  'ingestion',
];

type Raw = Readonly<Record<string, unknown>>;

interface Pack {
  readonly name: string;
  /** The comment at the head of the file, as prose. */
  readonly introduction: string;
  readonly rules: readonly { readonly rule: Rule; readonly raw: Raw; readonly notes: RuleNotes }[];
}

export function rulesPage(): string {
  const packs = readPacks();
  const rules = packs.flatMap((pack) => pack.rules.map(({ rule }) => rule));
  const alerts = rules.filter(({ disposition }) => disposition === 'alert').length;
  const cost = costOf(rules);
  return [
    '# The rules that Tocsin comes with',
    '',
    '<!-- Made by `npm run generate` from rules/*.yaml; edit the rules there. -->',
    '',
    `${alerts} alerts, each with the response that it asks for, and ${rules.length - alerts} reports, each with the reason why nobody has to act at once. How rules are written`,
    'is in [rules-format.md](rules-format.md), how they are tested in [rules-tests.md](rules-tests.md). To change one for some resources, or to switch it off, use',
    '`overrides:` in a file of your own; the built-in file stays as it is.',
    '',
    `For up to 50 resources of each type in one region and one workspace, all of them together make ${cost.metricCallsPerHour} metric calls and ${cost.logQueriesPerHour} log queries an hour`,
    '(`tocsin check --cost`). Rules that read the same metrics share their calls, so each costs less than its own line says.',
    '',
    ...packs.flatMap(overview),
    ...packs.flatMap(packSection),
  ].join('\n');
}

function readPacks(): readonly Pack[] {
  const folder = new URL('../../rules/', import.meta.url);
  const place = (name: string): number => {
    const index = ORDER.indexOf(name);
    return index < 0 ? ORDER.length : index;
  };
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => ({ path: file, text: readFileSync(new URL(file, folder), 'utf8') }));
  const loaded = loadRuleFiles(files);
  const byId = new Map(loaded.rules.map((rule) => [rule.id, rule]));
  return files
    .map(({ path, text }) => {
      const document = parse(text) as { readonly rules: readonly Raw[] };
      return {
        name: path.replace(/\.yaml$/, ''),
        introduction: introductionOf(text),
        rules: document.rules.flatMap((raw) => {
          const id = String(raw.alert ?? raw.report);
          const rule = byId.get(id);
          const notes = loaded.notes.get(id);
          return rule === undefined || notes === undefined ? [] : [{ rule, raw, notes }];
        }),
      };
    })
    .sort((left, right) => place(left.name) - place(right.name) || (left.name < right.name ? -1 : 1));
}

function introductionOf(text: string): string {
  const lines = text.split('\n');
  const end = lines.findIndex((line) => !line.startsWith('#'));
  return lines
    .slice(0, end)
    .map((line) => line.replace(/^# ?/, ''))
    .join('\n');
}

function overview({ name, rules }: Pack): readonly string[] {
  const rows = rules.map(
    ({ rule }) => `| [${rule.id}](#${rule.id.toLowerCase()}) | ${rule.disposition} | ${rule.severity} | ${cell(rule.summary)} |`,
  );
  return [`**[${name}](#${name})**`, '', '| rule | | severity | says |', '|---|---|---|---|', ...rows, ''];
}

function packSection({ name, introduction, rules }: Pack): readonly string[] {
  return [
    `## ${name}`,
    '',
    introduction,
    '',
    `[rules/${name}.yaml](../rules/${name}.yaml)`,
    '',
    ...rules.flatMap(({ rule, raw, notes }) => ruleSection(rule, raw, notes)),
  ];
}

function ruleSection(rule: Rule, raw: Raw, { about, reason, falsePositives }: RuleNotes): readonly string[] {
  const rows: readonly (readonly [string, string])[] = [
    ['watches', watched(rule, raw)],
    ['fires', fires(rule, raw)],
    ...(reason === null ? [] : [['why a report', cell(reason)] as const]),
    ...responseRows(rule),
    ...(rule.categories.length === 0 ? [] : [['needs logs', rule.categories.join(', ')] as const]),
    ['known false alarms', falsePositives.map(cell).join('<br>')],
    ['alone costs', costWords(rule)],
  ];
  return [
    `### ${rule.id}`,
    '',
    `${rule.disposition === 'alert' ? 'Alert' : 'Report'}, severity ${rule.severity}. ${about ?? ''}`,
    '',
    '| | |',
    '|---|---|',
    ...rows.map(([name, text]) => `| ${name} | ${text} |`),
    '',
  ];
}

function responseRows({ respond }: Rule): readonly (readonly [string, string])[] {
  if (respond === null) return [];
  const steps = respond.steps.map((step, index) => `${index + 1}. ${cell(step)}`).join('<br>');
  return [
    ['respond', `${respond.owner}, within ${formatDuration(respond.within)}: **${cell(respond.action)}**`],
    ...(steps === '' ? [] : [['then', steps] as const]),
    ...(respond.runbook === null ? [] : [['runbook', respond.runbook] as const]),
  ];
}

/** What the rule reads, as its file says it. KQL is left to the file. */
function watched({ on }: Rule, raw: Raw): string {
  const kinds = on.kinds === undefined ? '' : ` of the kinds ${on.kinds.join(', ')}`;
  const tags = on.tags === undefined ? '' : ` tagged ${words(on.tags)}`;
  return `${signalWords(raw)}<br>${on.type}${kinds}${tags}`;
}

function signalWords(raw: Raw): string {
  if (Array.isArray(raw.all)) return (raw.all as readonly Raw[]).map(signalWords).join('<br>and ');
  const { metric, log } = raw as { readonly metric?: Raw; readonly log?: Raw };
  if (metric !== undefined) {
    const { over, by } = metric as { readonly over?: Raw; readonly by?: readonly string[] };
    const below = over === undefined ? '' : ` over ${termWords({ ...over, name: over.name ?? metric.name })}`;
    return `metric ${termWords(metric)}${below}${split(by)}`;
  }
  if (log !== undefined) {
    const value = log.value === undefined ? 'rows' : `\`${log.value}\`${log.over === undefined ? '' : ` over \`${log.over}\``}`;
    return `log query, ${value}${split(log.by as readonly string[] | undefined)}`;
  }
  const kind = ['activity', 'heartbeat', 'inventory', 'cost'].find((one) => one in raw) ?? '';
  return `${kind}: ${words(raw[kind])}`;
}

function termWords({ name, aggregate, where }: Raw): string {
  const filter = where === undefined ? '' : ` where ${words(where)}`;
  return `\`${name}\`${aggregate === undefined ? '' : `, ${aggregate}`}${filter}`;
}

const CONDITIONS = ['when', 'relativeTo', 'absent', 'anomaly', 'burnRate', 'changed', 'forecast'] as const;
const MANNERS = ['window', 'failing', 'for', 'floor', 'clear', 'keepFiringFor', 'every'] as const;

function fires(rule: Rule, raw: Raw): string {
  const parts = [
    ...(Array.isArray(raw.all) ? [(raw.all as readonly Raw[]).map(({ when }) => `\`${when}\``).join(' and ')] : []),
    ...[...CONDITIONS, ...MANNERS].flatMap((key) =>
      raw[key] === undefined ? [] : [key === 'when' ? `\`${raw[key]}\`` : `${key} ${words(raw[key])}`],
    ),
  ];
  return `${parts.join(', ')}${raw.every === undefined ? `, every ${formatDuration(rule.every)}` : ''}`;
}

function costWords(rule: Rule): string {
  const { metricCallsPerHour: metrics, logQueriesPerHour: logs } = costOf([rule]);
  const parts = [
    ...(metrics === 0 ? [] : [`${metrics} metric calls an hour`]),
    ...(logs === 0 ? [] : [`${logs} log queries an hour`]),
  ];
  return parts.length === 0 ? 'no calls of its own' : parts.join(', ');
}

function split(by: readonly string[] | undefined): string {
  return by === undefined || by.length === 0 ? '' : `, by ${by.join(', ')}`;
}

/** A value of a rule file in one line. */
function words(value: unknown): string {
  if (Array.isArray(value)) return value.map(words).join(' or ');
  if (typeof value === 'object' && value !== null)
    return Object.entries(value)
      .map(([key, inner]) => `${key} ${words(inner)}`)
      .join(', ');
  return cell(String(value));
}

/** A text as one cell of a table; what is filled in when the rule speaks stands in ‹ ›. */
function cell(text: string): string {
  return text
    .trim()
    .replaceAll(/\{\{\s*(?:labels\.|details\.)?([\w.]+)[^}]*\}\}/g, '‹$1›')
    .replaceAll('|', '\\|')
    .replaceAll(/\s*\n\s*/g, ' ');
}
