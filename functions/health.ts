import { app } from '@azure/functions';
import { compose } from '../src/app/compose.ts';
import { health } from '../src/app/health.ts';

app.http('health', {
  route: 'api/health',
  methods: ['GET', 'HEAD'],
  authLevel: 'anonymous',
  handler: async (_request, context) => {
    const outcome = await health((await compose(context)).health());
    return { status: outcome.ok ? 200 : 503, jsonBody: outcome, headers: { 'cache-control': 'no-store' } };
  },
});
