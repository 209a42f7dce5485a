import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pushOfAzure } from '../../../src/alerts/azure-alert.ts';
import { pushFingerprint, transitionOfPush } from '../../../src/alerts/pushed.ts';
import { alertLabels } from '../../../src/model/alert-labels.ts';
import { SHARED } from '../../support/shared.ts';
import {
  type AlertingCase,
  allOf,
  compared,
  type Fields,
  failed,
  fields,
  list,
  notUnderstood,
  text,
  type Verdict,
} from './case.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');

/** A payload that stands in the case, or the name of a sample; `null` where there is neither. */
async function payloadOf(given: Fields): Promise<unknown> {
  const itself = 'data' in given || 'schemaId' in given ? given : null;
  const written = given.payload ?? given.body ?? given.payload_file ?? given.file ?? given.sample ?? itself;
  if (typeof written !== 'string') return written;
  if (written.trimStart().startsWith('{')) return JSON.parse(written);
  const path = written.replace(/^(?:\.\/)?(?:payloads\/)?/, '');
  return JSON.parse(await readFile(join(SHARED, 'alerting/payloads', path.endsWith('.json') ? path : `${path}.json`), 'utf8'));
}

/** The alert under the names that a case may ask for, all of them in lower case without underscores. */
function factsOf(payload: unknown): Fields | string {
  const pushed = pushOfAzure(payload, NOW);
  if (typeof pushed === 'string') return pushed;
  const kind = pushed.endsAt <= NOW ? 'resolved' : 'fired';
  const { alert } = transitionOfPush(kind, pushed, pushed.startsAt, NOW);
  const labels = alertLabels(alert);
  const iso = (time: number | null): string | null => (time === null ? null : new Date(time).toISOString());
  const fired = kind === 'fired';
  const target = alert.target;
  return {
    ...Object.fromEntries(Object.entries({ ...alert.details, ...labels }).map(([name, value]) => [keyOf(name), value])),
    rule: alert.rule,
    name: alert.rule,
    alertrule: alert.rule,
    status: alert.status,
    state: alert.status,
    firing: fired,
    resolved: !fired,
    monitorcondition: fired ? 'Fired' : 'Resolved',
    severity: alert.severity,
    target,
    targets: [target],
    alerttargetids: [target],
    resourceid: target,
    startsat: iso(alert.startsAt),
    firedat: iso(alert.startsAt),
    fireddatetime: iso(alert.startsAt),
    endsat: iso(alert.endsAt),
    resolvedat: iso(alert.endsAt),
    resolveddatetime: iso(alert.endsAt),
    fingerprint: pushFingerprint(pushed.labels),
    labels: pushed.labels,
    dimensions: pushed.labels,
    annotations: pushed.annotations,
    customproperties: pushed.annotations,
    valid: true,
    accepted: true,
  };
}

const keyOf = (name: string): string => name.toLowerCase().replace(/_/g, '');

/** What an alert of Azure Monitor becomes. Severities may be numbers or words, times of any precision, resource ids of any case. */
export async function payloadMap({ given, expect }: AlertingCase): Promise<Verdict> {
  const payload = await payloadOf(given);
  if (payload === null) return notUnderstood(given);
  const facts = factsOf(payload);
  if (typeof facts === 'string') return failed(facts);
  const verdicts = Object.entries(expect).map(([name, wanted]) => sameFact(name, facts[keyOf(name)], wanted));
  return verdicts.find(({ result }) => result === 'failed') ?? allOf(verdicts);
}

function sameFact(name: string, got: unknown, wanted: unknown): Verdict {
  if (got === undefined) return notUnderstood({ [name]: wanted });
  if (typeof wanted === 'object' && wanted !== null && !Array.isArray(wanted)) {
    const part = Object.fromEntries(Object.keys(wanted).map((each) => [each, fields(got)[each]]));
    return compared(name, part, wanted);
  }
  if (keyOf(name) === 'severity' && typeof wanted === 'string') return compared(name, `sev${got}`, wanted.toLowerCase());
  if (/at$|time$/i.test(name) && wanted !== null) return compared(name, Date.parse(text(got)), Date.parse(text(wanted)));
  if (Array.isArray(wanted)) {
    return compared(name, list(got).map(lower), wanted.map(lower));
  }
  return compared(name, lower(got), lower(wanted));
}

function lower(value: unknown): unknown {
  return typeof value === 'string' ? value.toLowerCase() : value;
}
