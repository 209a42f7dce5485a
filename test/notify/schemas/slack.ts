import { type Contract, closed, KIB, list, open, type Schema, text, url } from './parts.ts';

/*
 * Block Kit as an incoming webhook takes it, after https://docs.slack.dev/reference/block-kit/blocks: 50 blocks a message, 3000 characters a
 * section, 2000 a field and 10 of them, 150 a header, 10 elements a context, 25 a row of actions, 75 a button, 3000 its URL, 255 an action id.
 */

const plain = (longest: number): Schema => closed({ type: { const: 'plain_text' }, text: text(longest) });
const mrkdwn = (longest: number): Schema => closed({ type: { const: 'mrkdwn' }, text: text(longest) });
const button = closed({ type: { const: 'button' }, text: plain(75), url: { ...url, maxLength: 3000 }, action_id: text(255) });

const block: Schema = {
  oneOf: [
    closed({ type: { const: 'header' }, text: plain(150) }),
    closed({ type: { const: 'section' }, text: mrkdwn(3000) }),
    closed({ type: { const: 'section' }, fields: list(mrkdwn(2000), { least: 1, most: 10 }) }),
    closed({ type: { const: 'context' }, elements: list(mrkdwn(3000), { least: 1, most: 10 }) }),
    closed({ type: { const: 'actions' }, elements: list(button, { least: 1, most: 25 }) }),
  ],
};

export const slack: Contract = {
  schema: open({ text: text(40_000), blocks: list(block, { least: 1, most: 50 }) }),
  mostBytes: 256 * KIB,
};
