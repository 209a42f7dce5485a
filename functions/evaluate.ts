import { app } from '@azure/functions';
import { compose } from '../src/app/compose.ts';

app.storageQueue('evaluate', {
  queueName: '%EVALUATIONS_QUEUE%',
  connection: 'AzureWebJobsStorage',
  handler: async (message, context) => {
    const { evaluate } = await import('../src/app/evaluate.ts');
    const deps = await compose(context);
    await evaluate(await deps.evaluationJob(message), deps.evaluate());
  },
});
