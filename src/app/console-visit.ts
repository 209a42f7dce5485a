import { problem, wantsJson } from '../console/answer.ts';
import type { Desk } from '../console/desk.ts';
import { type Actor, hasRole } from '../model/access.ts';
import { parseDuration } from '../model/duration.ts';
import { asTocsinError, TocsinError } from '../model/errors.ts';
import { parseMatchers } from '../model/matcher.ts';
import type { SigningSecret } from '../ports.ts';
import { type AccessSettings, mustBe, mustComeFromHere } from './access.ts';
import { type AcknowledgeDeps, acknowledge, withdraw } from './acknowledge.ts';
import { type ConsoleDeps, consolePage, decoded } from './console.ts';
import { visitorOf } from './console-access.ts';
import { type HttpCall, type HttpReply, mustNotHurry, readBody, statusOf } from './http.ts';
import type { Rate } from './rate.ts';
import { formToken, isFormToken, readGrant } from './signed-link.ts';
import { expireSilence, type SilenceDeps, saveSilence } from './silences.ts';

export interface ConsoleVisitDeps {
  readonly pages: ConsoleDeps;
  readonly acks: AcknowledgeDeps;
  readonly silences: SilenceDeps;
  readonly secret: SigningSecret;
  readonly access: AccessSettings;
  readonly rate: Rate;
}

const MOST_FORM = 16 * 1024;

/** Who is here, what that allows, and the secret that forms are signed with (`null` where it cannot be read: then there are none). */
interface Visit {
  readonly actor: Actor;
  readonly secret: string | null;
  readonly grant: string | null;
}

/**
 * Answers a visit of the console: pages for who may look, forms for who may act. Whoever comes by a signed link sees the page of its alert
 * and may acknowledge that. It never throws.
 */
export async function answerConsole(call: HttpCall, deps: ConsoleVisitDeps): Promise<HttpReply> {
  const { pathname, searchParams } = call.url;
  const asJson = wantsJson(pathname, call.headers.get('accept') ?? '');
  try {
    const form = call.method === 'POST' ? await readForm(call) : null;
    const visit = await visitOf(call, form ?? searchParams, deps);
    if ('refusal' in visit) return visit.refusal;
    if (form !== null) return await act(call, form, visit, deps);
    const desk = deskOf(visit, deps);
    return await consolePage(pathname, searchParams, call.headers.get('accept') ?? '', deps.pages, {
      visitor: visit.actor,
      desk,
    });
  } catch (thrown) {
    const { code, detail } = asTocsinError(thrown);
    return problem(statusOf(code), code, detail, asJson);
  }
}

async function visitOf(
  call: HttpCall,
  fields: URLSearchParams,
  deps: ConsoleVisitDeps,
): Promise<Visit | { readonly refusal: HttpReply }> {
  const { visitor, refusal } = visitorOf(call, deps.access);
  if (visitor !== null && !hasRole(visitor, 'responder')) return { actor: visitor, secret: null, grant: null };
  const secret = await deps.secret.get().catch(() => null);
  if (visitor !== null) return { actor: visitor, secret, grant: null };
  const [, fingerprint = ''] = /^\/alerts\/([^/]+)(?:\/ack)?$/.exec(call.url.pathname) ?? [];
  const text = fields.get('ack');
  if (text === null || fingerprint === '') return { refusal };
  const grant = secret === null ? null : readGrant(text, fingerprint, secret, deps.acks.clock.now());
  if (grant === null) throw new TocsinError('TCN-H014', 'the link was not made for this, or it is older than seven days');
  return { actor: { name: `the link for ${grant.receiver}`, via: 'signed link', role: 'responder' }, secret, grant: text };
}

function deskOf({ actor, secret, grant }: Visit, { acks }: ConsoleVisitDeps): Desk | null {
  return secret === null ? null : { token: formToken(nameOf(actor), secret, acks.clock.now()), grant };
}

async function act(call: HttpCall, form: URLSearchParams, visit: Visit, deps: ConsoleVisitDeps): Promise<HttpReply> {
  const actor = mustBe(visit.actor, 'responder');
  mustNotHurry(actor, { rate: deps.rate, clock: deps.acks.clock });
  mustComeFromHere(actor, call, deps.access.consoleUrl);
  if (visit.secret === null || !isFormToken(form.get('token') ?? '', nameOf(actor), visit.secret, deps.acks.clock.now())) {
    throw new TocsinError('TCN-H013', 'the form is not from this console, or older than a day');
  }
  const parts = call.url.pathname.split('/').flatMap((part) => decoded(part) ?? []);
  if (parts.length < call.url.pathname.split('/').length) throw new TocsinError('TCN-H001', call.url.pathname);
  const [, area, id = '', what] = parts;
  const request = { fingerprint: id, startsAt: numberOf(form.get('startsAt')) };
  if (area === 'alerts' && what === 'ack') {
    const lasts = form.get('for') ? durationOf(form, 'for') : null;
    await acknowledge({ ...request, comment: (form.get('comment') ?? '').trim(), lasts }, actor, deps.acks);
    return seeOther(
      `/alerts/${encodeURIComponent(id)}${visit.grant === null ? '' : `?ack=${encodeURIComponent(visit.grant)}`}#ack`,
    );
  }
  if (visit.grant !== null) throw new TocsinError('TCN-H002', 'a link allows to acknowledge, and nothing else');
  if (area === 'alerts' && what === 'withdraw') {
    await withdraw(request, actor, deps.acks);
    return seeOther(`/alerts/${encodeURIComponent(id)}#ack`);
  }
  if (area === 'silences' && what === 'expire') {
    await expireSilence(id, actor, deps.silences);
    return seeOther('/silences');
  }
  if (area === 'silences' && id === '') {
    await silence(form, actor, deps);
    const back = form.get('back') ?? '';
    return seeOther(/^\/(?:alerts\/[\w.-]+|silences)$/.test(back) ? back : '/silences');
  }
  throw new TocsinError('TCN-H001', call.url.pathname);
}

async function silence(form: URLSearchParams, actor: Actor, deps: ConsoleVisitDeps): Promise<void> {
  const now = deps.acks.clock.now();
  const set = linesOf(form, 'matchers').flatMap((line) => {
    const found = parseMatchers(line);
    if (typeof found === 'string') throw new TocsinError('TCN-H010', found);
    return found;
  });
  const cron = (form.get('cron') ?? '').trim();
  const zone = (form.get('zone') ?? '').trim() || 'UTC';
  const draft = {
    id: null,
    matchers: set.length === 0 ? [] : [set],
    resources: linesOf(form, 'resources'),
    author: actor.name,
    comment: (form.get('comment') ?? '').trim(),
    startsAt: now,
    endsAt: now + durationOf(form, 'for'),
    recurrence: cron === '' ? null : { cron, zone, duration: durationOf(form, 'lasts') },
  };
  await saveSilence(draft, actor, deps.silences);
}

async function readForm({ body, headers }: HttpCall): Promise<URLSearchParams> {
  if (!/^application\/x-www-form-urlencoded\b/i.test(headers.get('content-type') ?? '')) {
    throw new TocsinError('TCN-H003', 'this takes forms of the console');
  }
  const text = await readBody(body, MOST_FORM);
  if (text === null) throw new TocsinError('TCN-H016', `more than ${MOST_FORM / 1024} KiB`);
  return new URLSearchParams(text);
}

function linesOf(form: URLSearchParams, name: string): readonly string[] {
  return (form.get(name) ?? '')
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function durationOf(form: URLSearchParams, name: string): number {
  const span = parseDuration(form.get(name) ?? '');
  if (span === null || span <= 0) throw new TocsinError('TCN-H003', `${name} is not a duration such as 2h`);
  return span;
}

function numberOf(text: string | null): number | null {
  return text === null || text === '' || Number.isNaN(Number(text)) ? null : Number(text);
}

function nameOf({ via, name }: Actor): string {
  return `${via} ${name}`;
}

function seeOther(location: string): HttpReply {
  return { status: 303, headers: { location, 'cache-control': 'no-store' }, body: '' };
}
