import { app } from '@azure/functions';
import { compose } from '../src/app/compose.ts';
import { deliver } from '../src/app/deliver.ts';

app.storageQueue('deliver', {
  queueName: '%NOTIFICATIONS_QUEUE%',
  connection: 'AzureWebJobsStorage',
  handler: async (message, context) => {
    const deps = await compose(context);
    await deliver(await deps.notificationJob(message), deps.deliver());
  },
});
