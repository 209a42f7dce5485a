import type { StatusJson } from '../console/status.ts';

/** Asks the running app what it knows of itself, as any script would. */
export async function askStatus(consoleUrl: string, key: string): Promise<StatusJson> {
  const answer = await fetch(`${consoleUrl}/api/status`, { headers: { 'x-functions-key': key } });
  if (!answer.ok) throw new Error(`GET /api/status answered ${answer.status}: ${(await answer.text()).slice(0, 200)}`);
  return (await answer.json()) as StatusJson;
}
