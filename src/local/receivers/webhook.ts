import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { type ReceiverServer, startReceiver } from './server.ts';

/** A webhook as a receiver sees it after checking its signature. */
export interface ReceivedWebhook {
  readonly id: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface WebhookReceiver extends ReceiverServer {
  readonly secret: string;
  readonly received: readonly ReceivedWebhook[];
  /** Requests whose signature did not match. */
  readonly refused: number;
}

/** Stands where a chat or paging service would: verifies each webhook by Standard Webhooks and keeps it. */
export async function startWebhookReceiver(onWebhook: (webhook: ReceivedWebhook) => void): Promise<WebhookReceiver> {
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const verifier = new Webhook(secret);
  const received: ReceivedWebhook[] = [];
  let refused = 0;
  const server = await startReceiver(({ headers, body }) => {
    try {
      const webhook = {
        id: headers['webhook-id'] ?? '',
        body: verifier.verify(body.toString(), { ...headers }) as ReceivedWebhook['body'],
      };
      received.push(webhook);
      onWebhook(webhook);
      return 200;
    } catch {
      refused += 1;
      return 401;
    }
  });
  return {
    ...server,
    secret,
    received,
    get refused() {
      return refused;
    },
  };
}
