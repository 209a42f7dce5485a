import { app, trigger } from '@azure/functions';
import { compose } from '../src/app/compose.ts';
import { toForwardBatch } from '../src/app/forward-trigger.ts';

const hub = {
  connection: 'EventHubConnection',
  eventHubName: '%EVENT_HUB_NAME%',
  consumerGroup: '%EVENT_HUB_CONSUMER_GROUP%',
  cardinality: 'many',
} as const;

app.generic('forward', {
  // Bytes keep 64-bit integers and bodies that are no JSON: the default binding parses them before the handler sees them.
  trigger: { ...trigger.eventHub(hub), dataType: 'binary' },
  // The checkpoint advances even when the handler throws, so it throws only when nothing could be kept; then a bounded wait helps.
  retry: {
    strategy: 'exponentialBackoff',
    maxRetryCount: 5,
    minimumInterval: { seconds: 2 },
    maximumInterval: { seconds: 30 },
  },
  handler: async (messages: unknown, context) => {
    const { forward } = await import('../src/app/forward.ts');
    const deps = await compose(context);
    await forward(toForwardBatch(messages, context.triggerMetadata, deps.eventHubName), await deps.forward());
  },
});
