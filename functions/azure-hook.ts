import { app } from '@azure/functions';
import { compose } from '../src/app/compose.ts';

app.http('azure-hook', {
  route: 'api/hooks/azure-monitor',
  methods: ['POST'],
  authLevel: 'function',
  handler: async (request, context) => {
    const deps = await compose(context);
    const { takeAzureAlert } = await import('../src/app/azure-hook.ts');
    return takeAzureAlert({ body: request.body }, deps.azureHook());
  },
});
