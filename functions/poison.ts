import { app } from '@azure/functions';
import { compose } from '../src/app/compose.ts';
import { poisoned } from '../src/app/poison.ts';

/** Nobody looks into a poison queue: what arrives there becomes a finding, and the next tick does the work again. */
for (const [name, queueName, setting] of [
  ['evaluate-poison', '%EVALUATIONS_QUEUE%-poison', 'evaluationsQueue'],
  ['deliver-poison', '%NOTIFICATIONS_QUEUE%-poison', 'notificationsQueue'],
] as const) {
  app.storageQueue(name, {
    queueName,
    connection: 'AzureWebJobsStorage',
    handler: async (message, context) => {
      const deps = await compose(context);
      await poisoned(deps.settings[setting], message, deps.poison());
    },
  });
}
