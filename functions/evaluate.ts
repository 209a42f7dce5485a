import { app } from '@azure/functions';
import { compose } from '../src/app/compose.ts';
import { evaluate } from '../src/app/evaluate.ts';

app.storageQueue('evaluate', {
  queueName: '%EVALUATIONS_QUEUE%',
  connection: 'AzureWebJobsStorage',
  handler: async (message, context) => {
    const deps = await compose(context);
    await evaluate(await deps.evaluationJob(message), deps.evaluate());
  },
});
