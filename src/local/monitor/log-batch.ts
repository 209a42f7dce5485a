import { json, type MonitorAnswer, type MonitorRequest, parseBody, ServiceError } from './http.ts';
import type { Fault } from './inject.ts';
import { runLogQuery, workspaceScope } from './log-query.ts';
import type { MonitorWorld } from './world.ts';

interface BatchItem {
  readonly id?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly workspace?: string;
  readonly body?: { readonly query?: string; readonly timespan?: string };
}

/** Several log queries in one request; each has its own status in the answer. */
export async function runBatch(world: MonitorWorld, request: MonitorRequest, partial: Fault['partial']): Promise<MonitorAnswer> {
  const items = parseBody(request.body).requests;
  if (!Array.isArray(items) || !wellNamed(items)) {
    const message = 'The batch needs requests, each with an id of its own.';
    throw new ServiceError(400, { error: { code: 'QueryValidationError', message } });
  }
  const responses: object[] = [];
  for (const item of items as readonly BatchItem[]) {
    const { status, body } = await runItem(world, item, partial);
    responses.push({
      id: item.id,
      status,
      headers: { 'Content-Type': 'application/json' },
      body: body === undefined ? {} : JSON.parse(body),
    });
  }
  return json({ responses });
}

async function runItem(world: MonitorWorld, item: BatchItem, partial: Fault['partial']): Promise<MonitorAnswer> {
  const { query = '', timespan } = item.body ?? {};
  const prefer = item.headers?.Prefer ?? item.headers?.prefer ?? '';
  try {
    const scope = workspaceScope(world, item.workspace ?? '');
    return await runLogQuery(world, scope, { query, prefer, timespans: timespan === undefined ? [] : [timespan] }, partial);
  } catch (error) {
    if (error instanceof ServiceError) return json(error.body, error.status);
    throw error;
  }
}

function wellNamed(items: readonly BatchItem[]): boolean {
  const ids = items.map((item) => item.id);
  return items.length > 0 && ids.every((id) => typeof id === 'string' && id !== '') && new Set(ids).size === ids.length;
}
