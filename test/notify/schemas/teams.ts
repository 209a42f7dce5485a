import { type Contract, closed, KIB, list, open, type Schema, text, url } from './parts.ts';

/*
 * A message with an Adaptive Card of version 1.4 as a Workflows webhook takes it, after https://adaptivecards.io/explorer and
 * https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using: 28 KB, no Action.Submit.
 */

const colour: Schema = { enum: ['Default', 'Dark', 'Light', 'Accent', 'Good', 'Warning', 'Attention'] };
const size: Schema = { enum: ['Default', 'Small', 'Medium', 'Large', 'ExtraLarge'] };

const textBlock = closed(
  {
    type: { const: 'TextBlock' },
    text: text(),
    weight: { enum: ['Default', 'Lighter', 'Bolder'] },
    size,
    wrap: { type: 'boolean' },
    style: { enum: ['default', 'heading'] },
    color: colour,
    isSubtle: { type: 'boolean' },
  },
  ['type', 'text'],
);
const factSet = closed({ type: { const: 'FactSet' }, facts: list(closed({ title: text(), value: text() }), { least: 1 }) });
/** Teams puts more than six behind a menu. */
const actionSet = closed({
  type: { const: 'ActionSet' },
  actions: list(closed({ type: { const: 'Action.OpenUrl' }, title: text(), url }), { least: 1, most: 6 }),
});
const inContainer: Schema = { oneOf: [textBlock, factSet, actionSet] };
const container = closed({
  type: { const: 'Container' },
  separator: { type: 'boolean' },
  items: list(inContainer, { least: 1 }),
});

const card = closed(
  {
    $schema: { const: 'http://adaptivecards.io/schemas/adaptive-card.json' },
    type: { const: 'AdaptiveCard' },
    version: { enum: ['1.0', '1.1', '1.2', '1.3', '1.4'] },
    body: list({ oneOf: [textBlock, container] }, { least: 1 }),
    msteams: closed({ width: { const: 'full' } }),
  },
  ['type', 'version', 'body'],
);

export const teams: Contract = {
  schema: open({
    type: { const: 'message' },
    attachments: list(
      closed({ contentType: { const: 'application/vnd.microsoft.card.adaptive' }, contentUrl: { type: 'null' }, content: card }),
      { least: 1, most: 1 },
    ),
  }),
  mostBytes: 28 * KIB,
};
