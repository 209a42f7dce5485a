import { app } from '@azure/functions';
import { compose } from '../src/app/compose.ts';
import { checkIn } from '../src/app/heartbeat.ts';

app.http('heartbeat', {
  route: 'api/heartbeats/{id}/{phase?}',
  methods: ['GET', 'HEAD', 'POST'],
  authLevel: 'function',
  handler: async (request, context) => {
    const deps = await compose(context);
    const body = request.method === 'POST' ? request.body : null;
    return checkIn(request.params.id ?? '', request.params.phase ?? '', body, deps.heartbeat());
  },
});
