import type { AuditEntry } from '../model/audit.ts';
import { formatDuration } from '../model/duration.ts';
import { matcherText } from '../model/matcher.ts';
import type { Silence, SilenceStatus } from '../model/silence.ts';
import { count } from '../render/format.ts';
import { type Html, type HtmlValue, html } from '../render/html.ts';
import { mark, table } from '../render/parts.ts';
import { formatMoment, isoTime, timeElement } from '../render/time.ts';
import { htmlAnswer } from './answer.ts';
import { type Desk, hidden, silenceForm } from './desk.ts';
import { shown } from './sections.ts';
import type { ConsoleAnswer, Moment, Part } from './view.ts';

export interface SilencesView extends Moment {
  readonly silences: Part<readonly { readonly silence: Silence; readonly state: SilenceStatus }[]>;
  readonly desk: Desk | null;
  readonly maySeeAudit: boolean;
}

export interface AuditView extends Moment {
  /** Newest first. */
  readonly entries: readonly AuditEntry[];
}

const TONES = { active: 'warn', pending: 'muted', expired: 'muted' } as const;
const RANK = { active: 0, pending: 1, expired: 2 } as const;

/** Every silence, those that work first, and a form for another. */
export function silencesPage(view: SilencesView): ConsoleAnswer {
  const { silences, desk, zone, maySeeAudit } = view;
  const main = html`<h1>Silences</h1>
<p class="muted">What a silence covers is not notified; what still fires when it ends is.</p>
${shown(silences, 'The list of silences', (all) =>
  all.length === 0 ? html`<p class="none">Nothing is silenced.</p>` : silenceTable(all, view),
)}
${desk !== null && html`<section aria-labelledby="new"><h2 id="new">Silence something</h2>${silenceForm(desk, {})}</section>`}`;
  const audit = maySeeAudit && html` <a href="/audit">Who changed what</a>`;
  return htmlAnswer('Silences', main, html`<p>Times are in ${zone}.${audit}</p>`);
}

function silenceTable(
  all: readonly { readonly silence: Silence; readonly state: SilenceStatus }[],
  { desk, zone }: SilencesView,
): Html {
  const sorted = [...all].sort((a, b) => RANK[a.state] - RANK[b.state] || ends(a.silence) - ends(b.silence));
  return table(
    count(all.length, 'silence'),
    [{ title: 'What' }, { title: 'State' }, { title: 'Until' }, { title: 'Why' }, { title: 'End it' }],
    sorted.map(({ silence, state }) => [
      scopeWords(silence),
      mark(TONES[state], state),
      html`${silence.endsAt === null ? 'no end' : timeElement(silence.endsAt, zone)}${
        silence.recurrence !== null &&
        html`<br><span class="small muted"><code>${silence.recurrence.cron}</code> ${silence.recurrence.zone}, ${formatDuration(silence.recurrence.duration)}</span>`
      }`,
      html`${silence.comment}<br><span class="small muted">${silence.author}</span>`,
      endCell(silence, state, desk),
    ]),
  );
}

function scopeWords({ matchers, resources }: Silence): HtmlValue {
  const sets = matchers.map((set) => html`<code>${set.map(matcherText).join(' ')}</code>`);
  const places = resources.map((id) => html`<span class="id">${id}</span>`);
  return [...sets, ...places].map((one, index) => html`${index > 0 && html`<br>`}${one}`);
}

function endCell({ id, declared, comment }: Silence, state: SilenceStatus, desk: Desk | null): HtmlValue {
  if (declared === true) return html`<span class="muted">in tocsin.yaml</span>`;
  if (desk === null || state === 'expired') return '';
  return html`<form method="post" action="/silences/${id}/expire">${hidden(desk)}<button aria-label="End the silence ${comment}">End</button></form>`;
}

/** Who changed what, as the trail has it. */
export function auditPage({ entries, zone }: AuditView): ConsoleAnswer {
  const main = html`<h1>Who changed what</h1>
${
  entries.length === 0
    ? html`<p class="none">Nothing was changed in the last 30 days.</p>`
    : table(
        `${count(entries.length, 'change')} in the last 30 days, newest first`,
        [{ title: 'When' }, { title: 'Who' }, { title: 'What' }, { title: 'Before and after' }],
        entries.map(({ at, who, action, subject, before, after, outcome }) => [
          timeElement(at, zone, formatMoment(at, zone)),
          html`${who.name}<br><span class="small muted">${who.via}</span>`,
          html`${action}${outcome === 'failed' && html` ${mark('bad', 'failed')}`}<br><span class="id small muted">${subject}</span>`,
          html`<details><summary>${after === null ? 'what it was' : 'what it is'}</summary><pre>${JSON.stringify({ before, after }, readable, 1)}</pre></details>`,
        ]),
      )
}`;
  return htmlAnswer('Who changed what', main, html`<p>Times are in ${zone}.</p>`);
}

function ends({ endsAt }: Silence): number {
  return endsAt ?? Number.MAX_SAFE_INTEGER;
}

/** Times are stored as numbers. */
function readable(name: string, value: unknown): unknown {
  return typeof value === 'number' && /^(?:at|until|\w+At)$/.test(name) ? isoTime(value) : value;
}
