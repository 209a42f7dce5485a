import type { Receiver } from '../../model/config.ts';
import { asTocsinError, TocsinError } from '../../model/errors.ts';
import { scopeFor } from '../../notify/bearer.ts';
import type { EmailBody } from '../../notify/email.ts';
import { requestFor, verdictFor } from '../../notify/receivers.ts';
import { type Verdict, verdictOfError } from '../../notify/verdict.ts';
import { WEBHOOK_TIMEOUT } from '../../notify/webhook.ts';
import type { Clock, HttpSender, MailSender, SinkClients } from '../../ports.ts';

export interface Outlets {
  readonly http: HttpSender;
  readonly mail: MailSender;
  readonly clock: Clock;
  /** Tokens of the app's identity; absent: there is none, and what needs one is refused here. */
  readonly tokens?: Pick<SinkClients, 'token'>;
}

/** One try by whatever way the receiver has. Never throws: a failure is a verdict, too. */
export async function attempt(
  receiver: Receiver,
  id: string,
  body: string,
  { http, mail, clock, tokens }: Outlets,
): Promise<Verdict> {
  try {
    if (receiver.kind !== 'email') {
      const scope = scopeFor(receiver);
      if (scope !== null && tokens === undefined)
        throw new TocsinError('TCN-A003', `${receiver.name} has no key, and no identity is here`);
      const proof = scope === null || tokens === undefined ? {} : { token: await tokens.token(scope) };
      return verdictFor(receiver, await http.send(requestFor(receiver, { id, body, at: clock.wall(), ...proof })));
    }
    const { from = '', to = [], allowPrivate } = receiver;
    const message = { id, from, to, ...(JSON.parse(body) as EmailBody) };
    await mail.send(receiver.url, message, { timeout: WEBHOOK_TIMEOUT, allowPrivate });
    return { kind: 'delivered' };
  } catch (thrown) {
    return verdictOfError(asTocsinError(thrown));
  }
}
