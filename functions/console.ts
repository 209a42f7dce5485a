import { app } from '@azure/functions';
import { compose } from '../src/app/compose.ts';

app.http('console', {
  route: '{page:regex(^(alerts|rules|digests|silences|audit)$)?}/{id?}/{action?}',
  methods: ['GET', 'HEAD', 'POST'],
  authLevel: 'anonymous',
  handler: async (request, context) => {
    const deps = await compose(context);
    const { answerConsole } = await import('../src/app/console-visit.ts');
    const { method, headers, body } = request;
    return answerConsole({ method, url: new URL(request.url), headers, body }, deps.consoleVisit());
  },
});

app.http('api', {
  route: 'api/status',
  methods: ['GET'],
  authLevel: 'function',
  handler: async (request, context) => {
    const deps = await compose(context);
    const { consolePage } = await import('../src/app/console.ts');
    const { pathname, searchParams } = new URL(request.url);
    return consolePage(pathname, searchParams, 'application/json', deps.console());
  },
});
