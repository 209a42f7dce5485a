import { app } from '@azure/functions';
import { compose } from '../src/app/compose.ts';
import { runDigests } from '../src/app/digest.ts';

app.timer('digest', {
  schedule: '%DIGEST_SCHEDULE%',
  handler: async (_timer, context) => {
    await runDigests((await compose(context)).digest());
  },
});
