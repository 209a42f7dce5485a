import { DAY } from '../model/duration.ts';
import type { EvaluationEntry } from '../model/evaluation-log.ts';
import type { Rule } from '../model/rule.ts';
import { formatNumber, formatSpan } from '../render/format.ts';
import { type Html, html, safeLink } from '../render/html.ts';
import { facts, mark, severityTag, table, tag } from '../render/parts.ts';
import { formatClock, formatMoment, timeElement } from '../render/time.ts';
import { htmlAnswer } from './answer.ts';
import { foldRuns } from './evaluation-runs.ts';
import { outcomeWords } from './rule-status.ts';
import { clearWords, conditionWords } from './rule-words.ts';
import { alertCards, shown } from './sections.ts';
import type { ConsoleAnswer, RuleView } from './view.ts';

const RUN_LIMIT = 100;

/** One rule: what makes it fire, what fires now, and what became of its last evaluations. */
export function rulePage(view: RuleView): ConsoleAnswer {
  const { rule, open, entries, zone } = view;
  const main = html`<div class="tags">${tag('muted', rule.disposition === 'alert' ? 'Alert rule' : 'Report rule')}${severityTag(rule.severity)}</div>
<h1>${rule.id}</h1>
<p>${rule.disposition === 'alert' ? 'Fires' : 'Writes a finding for the digest'} when ${conditionWords(rule)}.</p>
${
  rule.disposition === 'alert' &&
  html`<section aria-labelledby="open"><h2 id="open">Firing now</h2>${shown(open, 'The list of open alerts', (alerts) =>
    alerts.length === 0 ? html`<p class="none">Nothing.</p>` : alertCards(alerts, view, 3),
  )}</section>`
}
<section aria-labelledby="log"><h2 id="log">Evaluations</h2>${shown(entries, 'The evaluation log', (log) => entryTable(log, view))}</section>
${responseSection(rule)}
<section aria-labelledby="definition"><h2 id="definition">Definition</h2>${definition(rule)}</section>`;
  return htmlAnswer(rule.id, main, html`<p>Times are in ${zone}.</p>`);
}

function entryTable(log: readonly EvaluationEntry[], { rule, now, zone }: RuleView): Html {
  if (log.length === 0)
    return html`<p class="none">It was not evaluated yet: no resource matches it, or its first window has not been read.</p>`;
  const runs = foldRuns(log);
  return table(
    runs.length > RUN_LIMIT
      ? `The newest ${RUN_LIMIT} of ${runs.length} outcomes`
      : 'Newest first; the same outcome in a row is one line',
    [
      { title: 'Evaluated' },
      { title: 'Outcome' },
      { title: 'Why' },
      { title: 'Times', numeric: true },
      { title: 'Window end', wide: true },
      { title: 'Series', numeric: true, wide: true },
    ],
    runs.slice(0, RUN_LIMIT).map(({ newest, oldest, times }) => {
      const { tone, words } = outcomeWords(newest, rule, now);
      const { at, reason, code, shard, windowEnd, series } = newest;
      return [
        html`${times > 1 && html`${timeElement(oldest.at, zone)} to `}${timeElement(
          at,
          zone,
          times > 1 && at - oldest.at < DAY ? formatClock(at, zone) : formatMoment(at, zone),
        )}`,
        mark(tone, words),
        html`${reason}${code !== null && html` <code>${code}</code>`}<br><span class="small muted">${shard}</span>`,
        formatNumber(times),
        timeElement(windowEnd, zone, formatClock(windowEnd, zone)),
        formatNumber(series),
      ];
    }),
  );
}

function responseSection({ respond }: Rule): Html | null {
  if (respond === null) return null;
  const runbook = safeLink(respond.runbook);
  return html`<section aria-labelledby="respond"><h2 id="respond">Response</h2>
${facts([
  ['Action', respond.action],
  ['Owner', respond.owner],
  ['Within', formatSpan(respond.within)],
  ['Runbook', runbook === null ? respond.runbook : html`<a href="${runbook}">${runbook}</a>`],
  ['Steps', respond.steps.length > 0 && html`<ol>${respond.steps.map((step) => html`<li>${step}</li>`)}</ol>`],
])}</section>`;
}

function definition(rule: Rule): Html {
  const { on, signal, labels } = rule;
  const list = (values: readonly string[] | undefined) => (values === undefined ? null : values.join(', '));
  const pairs = (values: Readonly<Record<string, string>> | undefined) =>
    list(values === undefined ? undefined : Object.entries(values).map(([name, value]) => `${name} ${value}`));
  return html`${facts([
    ['Watches', on.type],
    ['Kinds', list(on.kinds)],
    ['Tags', pairs(on.tags)],
    ['Resource groups', list(on.resourceGroups)],
    ['Resources', list(on.ids)],
    ['One series for each', signal.by.length === 0 ? 'resource' : signal.by.join(', ')],
    ['Window', `${formatSpan(rule.window)}, every ${formatSpan(rule.every)}, read ${formatSpan(rule.delay)} after its end`],
    ['Well again when', clearWords(rule)],
    ['Keeps firing for', rule.keepFiringFor > 0 && formatSpan(rule.keepFiringFor)],
    ['Floor', rule.floor > 0 && `${formatNumber(rule.floor)}: fewer samples give no verdict`],
    ['Without data', rule.noData],
    ['On an error', rule.onError],
    ['Needs log categories', list(rule.categories.length > 0 ? rule.categories : undefined)],
    ['Labels', pairs(labels)],
    ['File', html`<code>${rule.source.file}:${rule.source.line}</code>`],
  ])}${signal.kind === 'log' && html`<h3>Query</h3><pre>${signal.query}</pre>`}`;
}
