import { app } from '@azure/functions';
import { compose } from '../src/app/compose.ts';

app.timer('coverage', {
  schedule: '%COVERAGE_SCHEDULE%',
  handler: async (_timer, context) => {
    const { runCoverage } = await import('../src/app/coverage.ts');
    await runCoverage((await compose(context)).coverage());
  },
});
