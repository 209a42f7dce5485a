import { app } from '@azure/functions';
import { compose } from '../src/app/compose.ts';

app.timer('digest', {
  schedule: '%DIGEST_SCHEDULE%',
  handler: async (_timer, context) => {
    const { runDigests } = await import('../src/app/digest.ts');
    await runDigests((await compose(context)).digest());
  },
});
