import { parseArgs } from 'node:util';
import { environment } from '../app/settings.ts';
import { parseDuration } from '../model/duration.ts';
import { API_HELP, API_OPTIONS, apiAddress, askApi } from './api.ts';

const HELP = `tocsin ack FINGERPRINT --comment "raising the capacity"
tocsin ack FINGERPRINT --withdraw

Says that you take care of an alert: nobody is reminded of it or called to help until it resolves or gets worse.

  --comment TEXT  what you do about it
  --for TIME      how long this holds, e.g. 2h (default: until the alert resolves or gets worse)
  --withdraw      take it back
${API_HELP}

Exit codes: 0 done, 1 refused, 2 wrong usage, 4 the app could not be reached.
`;

export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      ...API_OPTIONS,
      comment: { type: 'string' },
      for: { type: 'string' },
      withdraw: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const [fingerprint, ...more] = positionals;
  const wrongTime = values.for !== undefined && parseDuration(values.for) === null;
  if (fingerprint === undefined || more.length > 0 || wrongTime) {
    const problem = wrongTime ? `--for takes a time such as 2h, not ${values.for}` : 'name one alert by its fingerprint';
    process.stderr.write(`${problem}\n\n${HELP}`);
    return 2;
  }
  const { comment, for: lasting } = values;
  const path = `/api/alerts/${encodeURIComponent(fingerprint)}/ack`;
  const body = { ...(comment !== undefined && { comment }), ...(lasting !== undefined && { for: lasting }) };
  await askApi(apiAddress(values, environment()), values.withdraw ? 'DELETE' : 'POST', path, values.withdraw ? undefined : body);
  process.stdout.write(values.withdraw ? `${fingerprint}: taken back\n` : `${fingerprint}: acknowledged\n`);
  return 0;
}
