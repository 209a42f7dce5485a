import { app } from '@azure/functions';
import { compose } from '../src/app/compose.ts';
import { visitorOf } from '../src/app/console-access.ts';

app.http('console', {
  route: '{page:regex(^(alerts|rules|digests)$)?}/{id?}',
  methods: ['GET', 'HEAD'],
  authLevel: 'anonymous',
  handler: async (request, context) => {
    const deps = await compose(context);
    const url = new URL(request.url);
    const { refusal } = visitorOf({ url, headers: request.headers }, deps.settings);
    if (refusal !== null) return refusal;
    const { consolePage } = await import('../src/app/console.ts');
    const { pathname, searchParams } = new URL(request.url);
    return consolePage(pathname, searchParams, request.headers.get('accept') ?? '', deps.console());
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
