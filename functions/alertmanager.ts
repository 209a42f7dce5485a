import { app } from '@azure/functions';
import { compose } from '../src/app/compose.ts';

/** Open to the platform: clients of Alertmanager cannot send its function keys, so the app itself asks who is calling. */
app.http('alertmanager', {
  route: 'api/v2/{*path}',
  methods: ['GET', 'HEAD', 'POST', 'DELETE'],
  authLevel: 'anonymous',
  handler: async (request, context) => {
    const deps = await compose(context);
    const { answerAlertmanager } = await import('../src/app/alertmanager.ts');
    const { method, headers, body, params } = request;
    return answerAlertmanager(params.path ?? '', { method, url: new URL(request.url), headers, body }, deps.alertmanager());
  },
});

app.http('acknowledge', {
  route: 'api/alerts/{fingerprint}/ack',
  methods: ['POST', 'DELETE'],
  authLevel: 'anonymous',
  handler: async (request, context) => {
    const deps = await compose(context);
    const { answerAck } = await import('../src/app/alerts-api.ts');
    const { method, headers, body, params } = request;
    return answerAck(params.fingerprint ?? '', { method, url: new URL(request.url), headers, body }, deps.alertsApi());
  },
});
