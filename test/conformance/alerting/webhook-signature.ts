import { signatureHeaders } from '../../../src/net/webhook-signature.ts';
import { type AlertingCase, compared, number, text, type Verdict } from './case.ts';

/** Secret, id, time and body of a webhook: its signature. */
export async function webhookSignature({ given, expect }: AlertingCase): Promise<Verdict> {
  const signature = { id: text(given.webhook_id), at: number(given.webhook_timestamp) * 1000, secret: text(given.secret) };
  const headers = signatureHeaders(signature, text(given.body));
  return compared('signature', headers['webhook-signature'], expect.webhook_signature ?? expect.signature);
}
