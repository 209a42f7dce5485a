import { app } from '@azure/functions';
import { compose } from '../src/app/compose.ts';
import { poisoned } from '../src/app/poison.ts';

/** Nobody looks into a poison queue: what arrives there becomes a finding, and the next tick does the work again. */
for (const [name, queueName] of [
  ['evaluate-poison', '%EVALUATIONS_QUEUE%-poison'],
  ['deliver-poison', '%NOTIFICATIONS_QUEUE%-poison'],
] as const) {
  app.storageQueue(name, {
    queueName,
    connection: 'AzureWebJobsStorage',
    handler: async (message, context) => {
      await poisoned(name, message, (await compose(context)).poison());
    },
  });
}
