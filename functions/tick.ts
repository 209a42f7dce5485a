import { app } from '@azure/functions';
import { compose } from '../src/app/compose.ts';

app.timer('tick', {
  schedule: '%TICK_SCHEDULE%',
  handler: async (_timer, context) => {
    const { tick } = await import('../src/app/tick.ts');
    await tick((await compose(context)).tick());
  },
});

/** Timers have stopped for good in the field (https://github.com/Azure/azure-functions-host/issues/11828): anything that can POST can tick. */
app.http('tick-now', {
  route: 'api/tick',
  methods: ['POST'],
  authLevel: 'function',
  handler: async (_request, context) => {
    const { tick } = await import('../src/app/tick.ts');
    const outcome = await tick((await compose(context)).tick());
    return { status: 202, jsonBody: outcome };
  },
});
