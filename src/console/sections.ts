import { isAcknowledged } from '../model/acknowledgement.ts';
import type { Alert } from '../model/alert.ts';
import type { DigestSummary } from '../model/digest.ts';
import type { EvaluationEntry } from '../model/evaluation-log.ts';
import type { Rule } from '../model/rule.ts';
import { count, formatAge, formatNumber, formatSpan, formatValue, unitOfValue } from '../render/format.ts';
import { type Html, type HtmlValue, html } from '../render/html.ts';
import { mark, resourceName, seriesWords, severityTag, table, tag } from '../render/parts.ts';
import { sparkline } from '../render/strip.ts';
import { formatClock, formatMoment, formatWindow, timeElement } from '../render/time.ts';
import { type RuleStatus, ruleStatus } from './rule-status.ts';
import type { Moment, Part } from './view.ts';

/** The part when it was read; else a banner that says what is missing and why. */
export function shown<Value>(part: Part<Value>, what: string, draw: (value: Value) => HtmlValue): HtmlValue {
  if (part.ok) return draw(part.value);
  return html`<div class="banner bad" role="status"><p><strong>${what} cannot be read.</strong> ${part.detail} <code>${part.code}</code></p><p>What to do: ${part.fix}.</p></div>`;
}

/** Firing alerts, each with the response and its deadline before anything else. `level` is that of their headings on the page. */
export function alertCards(alerts: readonly Alert[], moment: Moment, level: 2 | 3): readonly Html[] {
  return alerts.map((alert) => {
    const { labels, target, rule, response, evidence, value, condition } = alert;
    return html`<article class="card ${alert.severity <= 1 ? 'bad' : 'warn'}">
<div class="split"><div>
<div class="tags">${severityTag(alert.severity)}${careTag(alert, moment)}</div>
<h${level} class="name"><a href="/alerts/${alert.fingerprint}">${alert.summary}</a></h${level}>
<p><strong>${response.owner}:</strong> ${response.action}</p>
<p class="small muted">${seriesWords(labels, target)}. ${rule}: ${formatValue(value, unitOfValue(evidence))} (fires when ${condition}), since ${timeElement(
      alert.startsAt,
      moment.zone,
    )}, ${formatAge(moment.now - alert.startsAt)}.</p>
</div>${sparkline(`${rule}, ${seriesWords(labels, target)}`, evidence.points, evidence.threshold)}</div>
</article>
`;
  });
}

/** When somebody must have acted, and how long that is from now. */
export function deadlineWords(
  { startsAt, response }: Alert,
  { now, zone }: Moment,
): { readonly late: boolean; readonly words: string } {
  const due = startsAt + response.within;
  const clock = Math.abs(due - now) > 12 * 3_600_000 ? formatMoment(due, zone) : formatClock(due, zone);
  if (now > due) return { late: true, words: `act by ${clock}: ${formatSpan(now - due)} overdue` };
  return { late: false, words: `act by ${clock}: ${formatSpan(due - now)} left` };
}

/** Who takes care of it; where nobody does, until when somebody must. */
function careTag(alert: Alert, moment: Moment): Html {
  const { acknowledgement } = alert;
  if (acknowledgement !== undefined && isAcknowledged(alert, moment.now))
    return tag('good', `${acknowledgement.by} takes care of it`);
  return deadlineTag(alert, moment);
}

function deadlineTag(alert: Alert, moment: Moment): Html {
  const { late, words } = deadlineWords(alert, moment);
  return tag(late ? 'bad' : 'warn', `${words.charAt(0).toUpperCase()}${words.slice(1)}`);
}

export function resolvedTable(alerts: readonly Alert[], { zone }: Moment, caption: string): Html {
  return table(
    caption,
    [{ title: 'Alert' }, { title: 'Fired' }, { title: 'Lasted' }, { title: 'Resource', wide: true }],
    alerts.map((alert) => [
      html`<a href="/alerts/${alert.fingerprint}">${alert.summary}</a><br><span class="small muted">${alert.rule}</span>`,
      timeElement(alert.startsAt, zone),
      alert.endsAt === null ? mark('bad', 'still firing') : formatSpan(alert.endsAt - alert.startsAt),
      resourceName(alert.target),
    ]),
  );
}

/** Every rule with its last evaluation: those in trouble first, then those that fire, then by name. */
export function ruleTable(
  rules: readonly Rule[],
  evaluations: readonly EvaluationEntry[],
  open: readonly Alert[] | null,
  moment: Moment,
): Html {
  if (rules.length === 0) return NO_RULE;
  const caption = `${count(rules.length, 'rule')}, with the last evaluation of each`;
  return tableOf(standingsOf(rules, evaluations, open, moment), caption, open !== null, moment);
}

/** Only the rules that fire or could not be judged; the others in one sentence. */
export function ruleSummary(
  rules: readonly Rule[],
  evaluations: readonly EvaluationEntry[],
  open: readonly Alert[] | null,
  moment: Moment,
): Html {
  if (rules.length === 0) return NO_RULE;
  const all = standingsOf(rules, evaluations, open, moment);
  const speaking = all.filter(({ tone, firing }) => firing > 0 || tone === 'bad' || tone === 'warn');
  const others = new Map<string, number>();
  for (const { words } of all.filter((one) => !speaking.includes(one))) others.set(words, (others.get(words) ?? 0) + 1);
  const parts = [...others].sort(([, a], [, b]) => b - a).map(([words, number]) => `${words} (${formatNumber(number)})`);
  return html`${speaking.length > 0 && tableOf(speaking, 'Rules that fire or could not be judged', open !== null, moment)}
<p>${parts.length > 0 && `${speaking.length > 0 ? 'The others: ' : 'All: '}${parts.join(', ')}. `}<a href="/rules">All rules</a></p>`;
}

const NO_RULE = html`<p class="none">There is no rule: nothing is watched.</p>`;

interface Standing extends RuleStatus {
  readonly firing: number;
}

function standingsOf(
  rules: readonly Rule[],
  evaluations: readonly EvaluationEntry[],
  open: readonly Alert[] | null,
  { now }: Moment,
): readonly Standing[] {
  const rank = { bad: 0, warn: 1, muted: 2, good: 2 } as const;
  return rules
    .map((rule) => ({
      ...ruleStatus(rule, evaluations, now),
      firing: open?.filter((alert) => alert.rule === rule.id).length ?? 0,
    }))
    .sort(
      (a, b) =>
        rank[a.tone] - rank[b.tone] || b.firing - a.firing || (a.rule.id < b.rule.id ? -1 : a.rule.id > b.rule.id ? 1 : 0),
    );
}

function tableOf(standings: readonly Standing[], caption: string, known: boolean, { now, zone }: Moment): Html {
  return table(
    caption,
    [{ title: 'Rule' }, { title: 'Now' }, { title: 'Last evaluation' }],
    standings.map(({ rule, entry, shards, tone, words, firing }) => [
      html`<a href="/rules/${encodeURIComponent(rule.id)}">${rule.id}</a><br><span class="small muted">${
        rule.disposition === 'alert' ? `alert, severity ${rule.severity}` : 'report'
      }</span>`,
      nowCell(rule, firing, known, tone),
      entry === null
        ? mark(tone, words)
        : html`${mark(tone, words)} <span class="small muted nowrap">${timeElement(entry.at, zone, `${formatAge(now - entry.at)} ago`)}</span><br><span class="small">${
            entry.reason
          }${entry.code !== null && html` <code>${entry.code}</code>`}${shards > 1 && html` <span class="muted">(${shards} shards)</span>`}</span>`,
    ]),
  );
}

export function digestTable(digests: readonly DigestSummary[], { zone }: Moment): Html {
  return table(
    'Published digests, newest first',
    [
      { title: 'Digest' },
      { title: 'Period', wide: true },
      { title: 'Alerts', numeric: true },
      { title: 'Findings', numeric: true },
    ],
    digests.map(({ id, name, window, headline, alerts, findings }) => [
      html`<a href="/digests/${encodeURIComponent(id)}">${headline}</a><br><span class="small muted">${name}, as <a href="/digests/${encodeURIComponent(
        id,
      )}?form=text" aria-label="${id} as text">text</a> or <a href="/digests/${encodeURIComponent(id)}?form=json" aria-label="${id} as JSON">JSON</a></span>`,
      formatWindow(window, zone),
      formatNumber(alerts),
      formatNumber(findings),
    ]),
  );
}

function nowCell(rule: Rule, firing: number, known: boolean, tone: string): HtmlValue {
  if (firing > 0) return mark('bad', `${firing} firing`);
  if (rule.disposition === 'report') return html`<span class="muted">goes to digests</span>`;
  if (!known || tone === 'bad' || tone === 'warn') return html`<span class="muted">not known</span>`;
  return html`<span class="muted">quiet</span>`;
}
