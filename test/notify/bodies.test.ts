import { describe, expect, it } from 'vitest';
import { bodyFor } from '../../src/notify/receivers.ts';
import { testNotification } from '../../src/notify/test-notification.ts';
import type { NotificationContent } from '../../src/notify/webhook-body.ts';
import { ABSENT, ESCALATED, FIRING, NOW, OVER, OWN, RECEIVERS } from './contents.ts';

/*
 * Every body as a file in bodies/, for people to read: what a change does to a message is seen in its diff. `vitest run -u` writes them;
 * look at them before they are committed.
 */

const SHOWN: Readonly<Record<string, NotificationContent>> = {
  firing: FIRING,
  resolved: OVER,
  escalated: ESCALATED,
  absent: ABSENT,
  own: OWN,
  test: testNotification('r', 'https://tocsin.example', NOW),
};
/** Envelopes that carry the body of a webhook, or e-mail by another way. */
const SAME = ['eventHub', 'eventGrid', 'communicationServices'];

describe.each(Object.entries(RECEIVERS).filter(([name]) => !SAME.includes(name)))('the body for %s', (name, receiver) => {
  it.each(Object.entries(SHOWN))('%s', async (state, content) => {
    const body: unknown = JSON.parse(bodyFor(receiver, content, 'msg_1', NOW));
    const file = `bodies/${name.replace(' ', '-')}/${state}`;
    if (name !== 'email') return expect(`${JSON.stringify(body, null, 2)}\n`).toMatchFileSnapshot(`${file}.json`);
    const { html, ...rest } = body as { readonly html: string; readonly subject: string; readonly text: string };
    await expect(`Subject: ${rest.subject}\n\n${rest.text}\n`).toMatchFileSnapshot(`${file}.txt`);
    await expect(html.replaceAll(/(?=<(?:table|tr|p|h1|ol|li|style|body|meta)[ >])/g, '\n')).toMatchFileSnapshot(`${file}.html`);
  });
});
