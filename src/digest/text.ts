import { count, formatNumber, formatSpan, formatValue, unitOfValue } from '../render/format.ts';
import { resourceName, seriesWords } from '../render/parts.ts';
import type { StripCell } from '../render/strip.ts';
import { textTable, wrapText } from '../render/text-table.ts';
import { formatMoment, formatWindow } from '../render/time.ts';
import type { Change, DigestModel, FindingGroup, Offender, RuleActivity } from './model.ts';

const WIDTH = 78;

/** The digest as plain text of at most 78 columns, for terminals and for mail without HTML. */
export function renderText(model: DigestModel): string {
  const sections = [
    `${wrapped(model.headline)}\n\n${wrapped(formatWindow(model.window, model.zone))}`,
    openSection(model),
    ...firedSections(model),
    changeSection('New since the period before', model.fresh),
    changeSection('Gone since the period before', model.gone),
    ...findingSections('Findings', model.reports, model.zone),
    unjudgedSection(model),
    ...findingSections("Tocsin's own trouble", model.troubles, model.zone),
    offenderSection('Resources by time with an alert firing', model.topTargets, resourceName),
    offenderSection('Rules by time firing', model.topRules, (name) => name),
    fatigueSection(model),
    plumbingSection(model),
    quietSection(model),
    wrapped(`Digest ${model.id}. Times are in ${model.zone}.`),
  ];
  return `${sections.filter((section) => section !== null).join('\n\n')}\n`;
}

function openSection({ open, zone }: DigestModel): string | null {
  if (open.length === 0) return null;
  const rows = open.map(({ severity, startsAt, labels, target, summary, owner }) => [
    `${severity}`,
    formatMoment(startsAt, zone),
    seriesWords(labels, target),
    `${summary} (${owner})`,
  ]);
  return heading(
    'Still open',
    textTable([{ title: 'Sev' }, { title: 'Since' }, { title: 'Series' }, { title: 'What', flexible: true }], rows, WIDTH),
  );
}

function firedSections({ fired, zone }: DigestModel): readonly string[] {
  return fired.map((activity) => {
    const { rule, episodes, firingTime } = activity;
    const table = textTable(
      [
        { title: 'Start' },
        { title: 'Series', flexible: true },
        { title: 'Lasted' },
        { title: 'Peak', align: 'right' },
        { title: 'Sent', align: 'right' },
      ],
      episodes.map((episode) => [
        formatMoment(episode.startsAt, zone),
        seriesWords(episode.labels, episode.target),
        episode.open ? `${formatSpan(episode.duration)}, open` : formatSpan(episode.duration),
        formatValue(episode.peak, unitOfValue(episode.evidence)),
        String(episode.deliveries),
      ]),
      WIDTH,
    );
    const words = `${count(episodes.length, 'episode')}, firing for ${formatSpan(firingTime)}`;
    return heading(`Fired: ${rule}`, `${stripText(activity)}\n${wrapped(words)}\n\n${table}`);
  });
}

/** `|....##..?...|`: one character a cell, as in the HTML form's strip. */
function stripText({ strip }: RuleActivity): string {
  const characters: Readonly<Record<StripCell['state'], string>> = { quiet: '.', firing: '#', unknown: '?' };
  return `|${strip.map(({ state }) => characters[state]).join('')}|`;
}

function changeSection(title: string, entries: readonly Change[]): string | null {
  if (entries.length === 0) return null;
  const rows = entries.map(({ what, rule, summary }) => [what, rule, summary]);
  return heading(
    `${title} (${entries.length})`,
    textTable([{ title: 'Kind' }, { title: 'Rule' }, { title: 'What', flexible: true }], rows, WIDTH),
  );
}

function findingSections(title: string, groups: readonly FindingGroup[], zone: string): readonly string[] {
  return groups.map((group) => {
    const rows = group.findings.map(({ lastAt, count: times, summary, target, labels, code }) => [
      formatMoment(lastAt, zone),
      formatNumber(times),
      [summary, target === null ? '' : `(${seriesWords(labels, target)})`, code ?? ''].filter((part) => part !== '').join(' '),
    ]);
    const columns = [{ title: 'Last' }, { title: 'Times', align: 'right' as const }, { title: 'What', flexible: true }];
    return heading(`${title}: ${group.title}`, textTable(columns, rows, WIDTH));
  });
}

function unjudgedSection({ unjudged }: DigestModel): string | null {
  if (unjudged.length === 0) return null;
  const rows = unjudged.map(({ rule, outcome, reason, code }) => [rule, outcome, code === null ? reason : `${reason} ${code}`]);
  return heading(
    'Could not be judged: silence of these rules says nothing',
    textTable([{ title: 'Rule' }, { title: 'Outcome' }, { title: 'Why', flexible: true }], rows, WIDTH),
  );
}

function offenderSection(title: string, entries: readonly Offender[], words: (name: string) => string): string | null {
  if (entries.length === 0) return null;
  const rows = entries.map(({ name, firingTime, episodes }) => [words(name), formatSpan(firingTime), formatNumber(episodes)]);
  return heading(
    title,
    textTable([{ title: 'Name', flexible: true }, { title: 'Firing for' }, { title: 'Episodes', align: 'right' }], rows, WIDTH),
  );
}

function fatigueSection({ fatigue }: DigestModel): string | null {
  if (fatigue.length === 0) return null;
  const rows = fatigue.map(({ rule, fired, acknowledged, flapped, brief, actedOn }) => [
    rule,
    ...[fired, acknowledged, actedOn, flapped, brief].map(formatNumber),
  ]);
  const columns = ['Fired', 'Taken', 'Acted on', 'Flapped', '≤ 5 min'].map((title) => ({ title, align: 'right' as const }));
  const suggestions = fatigue.flatMap(({ rule, suggestion }) =>
    suggestion === null ? [] : [wrapped(`${rule}: ${plain(suggestion)}`)],
  );
  const body = [textTable([{ title: 'Rule', flexible: true }, ...columns], rows, WIDTH), ...suggestions].join('\n\n');
  return heading('What the rules asked of people', body);
}

function plain(words: string): string {
  return words.replaceAll('`', '');
}

function plumbingSection({ deliveries, stuck, forwarding, sinceBefore }: DigestModel): string {
  const since = sinceBefore ? 'since the previous digest' : 'since Tocsin began';
  const sent = deliveries.map(({ receiver, sent: done, retried, failed }) =>
    wrapped(`${receiver}: ${formatNumber(done)} sent, ${formatNumber(retried)} retried, ${formatNumber(failed)} given up.`),
  );
  const waiting = stuck.map(({ receiver, attempts, lastError }) =>
    wrapped(`${receiver}: not confirmed after ${count(attempts, 'try', 'tries')}: ${lastError ?? 'no answer yet'}`),
  );
  const forwarded = wrapped(
    `Forwarded: ${count(forwarding.records, 'record')} in ${count(forwarding.events, 'event')}, ${formatNumber(
      forwarding.quarantined,
    )} in quarantine, ${formatNumber(forwarding.parked)} set aside for a later try.`,
  );
  const none = sent.length === 0 ? ['No notification was sent.'] : [];
  return heading(`Deliveries and forwarding ${since}`, [...none, ...sent, ...waiting, forwarded].join('\n'));
}

function quietSection({ quietRules, idleRules, counts }: DigestModel): string | null {
  if (quietRules.length + idleRules.length === 0) return null;
  const quiet = `${count(quietRules.length, 'rule')} of ${counts.rules}: ${quietRules.join(', ')}.`;
  const idle = `${count(idleRules.length, 'rule')} watched nothing, because no resource matches: ${idleRules.join(', ')}.`;
  return heading(
    'Quiet rules',
    [quietRules.length > 0 ? quiet : null, idleRules.length > 0 ? idle : null]
      .filter((line) => line !== null)
      .map(wrapped)
      .join('\n'),
  );
}

function heading(title: string, body: string): string {
  const words = wrapped(title);
  return `${words}\n${'='.repeat(Math.min(WIDTH, words.length))}\n${body}`;
}

function wrapped(text: string): string {
  return wrapText(text, WIDTH).join('\n');
}
