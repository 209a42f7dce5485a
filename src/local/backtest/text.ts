import { count, formatNumber, formatPercent, formatSpan, formatValue } from '../../render/format.ts';
import { seriesWords } from '../../render/parts.ts';
import { type Column, textTable, wrapText } from '../../render/text-table.ts';
import { formatMoment, formatWindow } from '../../render/time.ts';
import type { Backtest } from './backtest.ts';
import type { RuleComparison } from './compare.ts';
import type { Interval, RuleOutcome } from './report.ts';

const WIDTH = 100;
const ZONE = 'UTC';
const SHOWN = 12;

/** The outcome for a terminal, at most 100 columns wide. */
export function renderText(result: Backtest): string {
  const { report, comparison, period } = result;
  const fired = report.rules.filter((rule) => rule.fired > 0);
  const quiet = report.rules.filter((rule) => rule.fired === 0 && rule.windows > 0);
  const idle = report.rules.filter((rule) => rule.windows === 0);
  const sections = [
    `${headline(result)}\n${formatWindow(period, ZONE)}; ${formatNumber(result.records)} log records, ${formatNumber(result.metricMinutes)} metric minutes`,
    fired.length === 0 ? null : summary(fired),
    ...fired.map(ruleSection),
    comparison === null ? null : comparisonSection(comparison.rules, comparison.missing, comparison.added),
    quiet.length === 0 ? null : listed(`Quiet: ${count(quiet.length, 'rule')}`, quiet),
    idle.length === 0 ? null : listed(`Never judged: ${count(idle.length, 'rule')}, without a resource or without data`, idle),
    unjudgedSection(report.rules),
    ...result.notes.map(wrapped),
  ];
  return `${sections.filter((section) => section !== null).join('\n\n')}\n`;
}

/** What came of it, in a sentence. */
export function headline({ report, most }: Backtest): string {
  const alerts = report.rules.filter(({ disposition }) => disposition === 'alert');
  const fired = alerts.reduce((sum, rule) => sum + rule.fired, 0);
  if (fired === 0) return `No alert would have fired in this period (${count(alerts.length, 'alert rule')}).`;
  const rules = alerts.filter((rule) => rule.fired > 0).length;
  const noisy = alerts.filter((rule) => rule.noisy).length;
  const noise =
    noisy === 0 ? `None of them more than ${count(most, 'time')}.` : `${count(noisy, 'rule is noisy', 'rules are noisy')}.`;
  return `${count(fired, 'alert')} of ${count(rules, 'rule')} would have fired, ${count(report.notifications.length, 'notification')} sent. ${noise}`;
}

const SUMMARY: readonly Column[] = [
  { title: 'Rule' },
  { title: 'Fired', align: 'right' },
  { title: 'Flapped', align: 'right' },
  { title: 'Median', align: 'right' },
  { title: 'Firing', align: 'right' },
  { title: 'Noise', align: 'right' },
  { title: 'Sent', align: 'right' },
];

function summary(rules: readonly RuleOutcome[]): string {
  const rows = rules.map((rule) => [
    rule.disposition === 'report' ? `${rule.rule} (report)` : rule.rule,
    formatNumber(rule.fired),
    formatNumber(rule.flapped),
    rule.medianDuration === null ? '' : formatSpan(rule.medianDuration),
    formatSpan(rule.firingTime),
    formatSpan(rule.noiseTime),
    formatNumber(rule.notifications),
  ]);
  return textTable(SUMMARY, rows, WIDTH);
}

function ruleSection(rule: RuleOutcome): string {
  const rows = rule.intervals.slice(0, SHOWN).map((interval) => intervalRow(interval, rule.unit));
  const more = rule.intervals.length - rows.length;
  const lines = [
    `${rule.rule}  ${rule.condition}  (${rule.source})`,
    textTable(
      [
        { title: 'From' },
        { title: 'Lasted' },
        { title: 'Value', align: 'right' },
        { title: 'Series', flexible: true },
        { title: '' },
      ],
      rows,
      WIDTH,
    ),
  ];
  if (more > 0) lines.push(`and ${formatNumber(more)} more; --output json and --html list them all`);
  if (rule.suggestion !== null) lines.push(`suggestion: ${rule.suggestion.when ?? 'none'}`, indented(rule.suggestion.words));
  return lines.join('\n');
}

function intervalRow(
  { startsAt, endsAt, duration, value, target, labels, flapped, short, reason }: Interval,
  unit: RuleOutcome['unit'],
): string[] {
  const remarks = [flapped && 'flapped', short && 'short', reason === 'corrected' && 'corrected'].filter(
    (word) => word !== false,
  );
  return [
    formatMoment(startsAt, ZONE),
    endsAt === null ? `${formatSpan(duration)}, open` : formatSpan(duration),
    value === null ? '' : formatValue(value, unit),
    seriesWords(labels, target),
    remarks.join(', '),
  ];
}

function comparisonSection(rules: readonly RuleComparison[], missing: readonly string[], added: readonly string[]): string {
  const changed = rules.filter(({ onlyFirst, onlyOther }) => onlyFirst.length + onlyOther.length > 0);
  const table = textTable(
    [
      { title: 'Rule' },
      { title: 'Fired', align: 'right' },
      { title: 'Other fired', align: 'right' },
      { title: 'Both', align: 'right' },
      { title: 'Only this', align: 'right' },
      { title: 'Only other', align: 'right' },
    ],
    (changed.length > 0 ? changed : rules).map(({ rule, other, fired, both, onlyFirst, onlyOther }) => [
      other === null ? rule : `${rule} / ${other}`,
      formatNumber(fired[0]),
      formatNumber(fired[1]),
      formatNumber(both),
      formatNumber(onlyFirst.length),
      formatNumber(onlyOther.length),
    ]),
    WIDTH,
  );
  const lists = changed.flatMap(({ rule, onlyFirst, onlyOther }) => [
    ...onlyFirst.slice(0, SHOWN).map((interval) => `  only this   ${rule}  ${intervalWords(interval)}`),
    ...onlyOther.slice(0, SHOWN).map((interval) => `  only other  ${rule}  ${intervalWords(interval)}`),
  ]);
  return [
    changed.length === 0 ? 'Compared with the other version: no difference.' : 'Compared with the other version',
    table,
    ...lists,
    ...(missing.length > 0 ? [wrapped(`Not in the other version: ${missing.join(', ')}`)] : []),
    ...(added.length > 0 ? [wrapped(`Only in the other version: ${added.join(', ')}`)] : []),
  ].join('\n');
}

function intervalWords({ startsAt, duration, labels, target }: Interval): string {
  return `${formatMoment(startsAt, ZONE)}, ${formatSpan(duration)}, ${seriesWords(labels, target)}`;
}

function unjudgedSection(rules: readonly RuleOutcome[]): string | null {
  const troubled = rules.filter(({ unjudged }) => unjudged.code !== null);
  if (troubled.length === 0) return null;
  const lines = troubled.map(
    ({ rule, windows, unjudged }) =>
      `  ${rule}: ${count(unjudged.unjudged, 'evaluation')} without a verdict (${formatPercent(unjudged.unjudged / Math.max(1, unjudged.unjudged + windows))}); ${unjudged.code} ${unjudged.reason ?? ''}`,
  );
  return ['Could not be judged', ...lines.map(wrapped)].join('\n');
}

function listed(title: string, rules: readonly RuleOutcome[]): string {
  return `${title}\n${indented(rules.map(({ rule }) => rule).join(', '))}`;
}

function wrapped(text: string): string {
  return wrapText(text, WIDTH).join('\n');
}

function indented(text: string): string {
  return wrapText(text, WIDTH - 2)
    .map((line) => `  ${line}`)
    .join('\n');
}
