import type { Redaction } from '../../model/sink.ts';
import type { Json } from '../json.ts';
import { heldBy, redactText } from '../redact.ts';

/** Whether redaction leaves a value as it is, so that its bytes may be sent as they came. */
export function isClean(value: Json, redaction: Redaction): boolean {
  if (typeof value === 'string') return isCleanText(value, redaction);
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return (value as readonly Json[]).every((item) => isClean(item, redaction));
  for (const name in value) {
    const holds = heldBy(name);
    if (holds === 'content' && redaction.content) return false;
    if (holds === 'secret' && redaction.secrets) return false;
    if (!isClean((value as Readonly<Record<string, Json>>)[name] as Json, redaction)) return false;
  }
  return true;
}

/** Every pattern of `redactText` needs one of these characters. */
const SIGNS = /[:=@ _-]|JQQJ99|yJ|[KS]IA/;

function isCleanText(text: string, redaction: Redaction): boolean {
  if (!redaction.content && !redaction.secrets && !redaction.emails) return true;
  return !SIGNS.test(text) || redactText(text, redaction) === text;
}
