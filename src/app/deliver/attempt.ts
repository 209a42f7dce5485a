import type { Receiver } from '../../model/config.ts';
import { asTocsinError } from '../../model/errors.ts';
import type { EmailBody } from '../../notify/email.ts';
import { requestFor, verdictFor } from '../../notify/receivers.ts';
import { type Verdict, verdictOfError } from '../../notify/verdict.ts';
import { WEBHOOK_TIMEOUT } from '../../notify/webhook.ts';
import type { Clock, HttpSender, MailSender } from '../../ports.ts';

export interface Outlets {
  readonly http: HttpSender;
  readonly mail: MailSender;
  readonly clock: Clock;
}

/** One try by whatever way the receiver has. Never throws: a failure is a verdict, too. */
export async function attempt(receiver: Receiver, id: string, body: string, { http, mail, clock }: Outlets): Promise<Verdict> {
  try {
    if (receiver.kind !== 'email') {
      return verdictFor(receiver, await http.send(requestFor(receiver, { id, body, at: clock.wall() })));
    }
    const { from = '', to = [], allowPrivate } = receiver;
    const message = { id, from, to, ...(JSON.parse(body) as EmailBody) };
    await mail.send(receiver.url, message, { timeout: WEBHOOK_TIMEOUT, allowPrivate });
    return { kind: 'delivered' };
  } catch (thrown) {
    return verdictOfError(asTocsinError(thrown));
  }
}
