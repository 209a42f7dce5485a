import { app } from '@azure/functions';
import { compose } from '../src/app/compose.ts';

app.storageQueue('deliver', {
  queueName: '%NOTIFICATIONS_QUEUE%',
  connection: 'AzureWebJobsStorage',
  handler: async (message, context) => {
    const { deliver } = await import('../src/app/deliver.ts');
    const deps = await compose(context);
    await deliver(await deps.notificationJob(message), deps.deliver());
  },
});
