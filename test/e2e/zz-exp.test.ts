import { it } from 'vitest';
import { otlpReceiver, SECRET, webhookReceiver } from '../support/receivers.ts';
import { troubledWorld } from '../support/troubled-world.ts';
it('azure', async () => {
  const webhook = await webhookReceiver();
  const otlp = await otlpReceiver();
  let t = performance.now();
  const lap = (what: string) => { console.log(what, Math.round(performance.now() - t)); t = performance.now(); };
  const w = await troubledWorld({ webhook: { url: webhook.url, secret: SECRET }, otlp: otlp.url, historyHours: Number(process.env.HH ?? 30) });
  lap('start');
  w.world.monitor.inject([
    { path: '^/v1/workspaces/', status: 403, code: 'InsufficientAccessError', message: 'The provided credentials have insufficient access' },
    { path: 'metrics:getBatch|insights/metrics$', status: 429, headers: {'retry-after': '1'}, from: 1, times: 20 },
  ]);
  await w.runTo(6); lap('to 6');
  console.log(JSON.stringify((await w.status()).rules.slice(0,40), null, 1).slice(0, 3000));
  console.log((await w.page('/')).text.slice(0, 1500));
  w.world.monitor.inject([
    { path: '^/v1/workspaces/', status: 504, code: 'GatewayTimeout' },
    { path: 'metrics:getBatch|insights/metrics$', status: 529, times: 10 },
  ]);
  await w.runTo(12); lap('to 12');
  await w.runTo(46); lap('to 46');
  const s = await w.status();
  console.log(JSON.stringify(s, null, 1).slice(0, 9000));
  for (const d of s.digests ?? []) console.log((await w.page(d.path + '?form=text')).text);
  console.log(w.stderr().slice(0, 6000));
  console.log(webhook.got.map((g) => g.raw.slice(0, 300)), otlp.ids.length, w.world.traffic.streamed);
  lap('rest');
  await w.close(); lap('close');
  webhook.close(); otlp.close();
}, 120_000);
