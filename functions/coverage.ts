import { app } from '@azure/functions';
import { compose } from '../src/app/compose.ts';
import { runCoverage } from '../src/app/coverage.ts';

app.timer('coverage', {
  schedule: '%COVERAGE_SCHEDULE%',
  handler: async (_timer, context) => {
    await runCoverage((await compose(context)).coverage());
  },
});
