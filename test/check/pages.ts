import { SETTINGS } from '../../src/app/settings.ts';
import { ERRORS } from '../../src/model/errors.ts';
import type { Price } from '../../src/model/price.ts';
import { ASSUMED_PRICES } from '../../src/rules/assumed-prices.ts';
import { mappingPage } from './mapping-page.ts';
import { rulesPage } from './rules-page.ts';

/** Pages that are made from tables in the code, by path. `drift.ts` compares them, `npm run generate` writes them. */
export function pages(): Readonly<Record<string, string>> {
  return {
    'docs/errors.md': errorsPage(),
    'docs/configuration.md': configurationPage(),
    'docs/forwarding-mapping.md': mappingPage(),
    'docs/rules.md': rulesPage(),
  };
}

const NOTE = '<!-- Made by `npm run generate` from the code; edit the table there. -->';

const GROUPS: Readonly<Record<string, string>> = {
  A: 'Azure Monitor and Azure Resource Manager',
  C: 'Settings and configuration',
  E: 'Evaluation',
  F: 'Forwarding',
  H: 'HTTP',
  L: 'On a laptop',
  N: 'Notifications',
  Q: 'Queues',
  R: 'Rule files',
  S: 'Storage',
  T: 'Tests of rules',
  W: 'Doubtful rules (`tocsin check`)',
  X: 'Anything else',
};

function errorsPage(): string {
  const entries = Object.entries(ERRORS);
  const sections = Object.entries(GROUPS).map(([letter, title]) => {
    const rows = entries.filter(([code]) => code.startsWith(`TCN-${letter}`));
    if (rows.length === 0) return '';
    const lines = rows.map(([code, { kind, title, fix }]) => `| ${code} | ${kind} | ${title} | ${fix} |`);
    return [`## ${title}`, '', '| code | kind | what | what to do |', '|---|---|---|---|', ...lines, ''].join('\n');
  });
  return [
    '# Errors',
    '',
    NOTE,
    '',
    'Each error has a code that never changes its meaning. It stands in the log, on the console, in digests and in answers of the API and',
    'the command line. The kind says who must act: **user** (mend the input), **transient** (it is tried again), **system** (ours).',
    '',
    ...sections.filter((section) => section !== ''),
  ].join('\n');
}

function configurationPage(): string {
  const rows = SETTINGS.map(
    ({ name, required, fallback, meaning }) =>
      `| \`${name}\` | ${required ? 'yes' : 'no'} | ${fallback === '' ? '' : `\`${fallback}\``} | ${meaning} |`,
  );
  return [
    '# Configuration',
    '',
    NOTE,
    '',
    'Rules stand in `rules/*.yaml`, receivers, digests and sinks in `tocsin.yaml`. Both are checked and compiled when the app is built.',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: this is how tocsin.yaml names a setting
    'Secrets stay out of both: `${NAME}` in `tocsin.yaml` is the app setting of that name, which in Azure is a Key Vault reference.',
    '',
    '## App settings',
    '',
    '| setting | required | default | meaning |',
    '|---|---|---|---|',
    ...rows,
    '',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: this is how tocsin.yaml names a setting
    'Every `${NAME}` of `tocsin.yaml` is a setting, too: in the file as it comes, `WEBHOOK_URL`, `WEBHOOK_SECRET` and `OTLP_ENDPOINT`.',
    'What depends on a setting that is missing is left out, and the rest works; console and digest say which receiver is told nothing for that.',
    '',
    ...pricesSection(),
  ].join('\n');
}

function pricesSection(): readonly string[] {
  const { currency, prices } = ASSUMED_PRICES;
  const row = ({ model, version, sku, input, output, unitHour }: Price) =>
    `| ${[model === '*' ? 'any' : `\`${model}\``, version ?? '', sku ?? '', input ?? '', output ?? '', unitHour ?? ''].join(' | ')} |`;
  return [
    '## Prices',
    '',
    '`cost` rules multiply tokens with prices. Those of your contract stand in `tocsin.yaml`; a model that is named there takes nothing from',
    'the assumed prices, and with another `currency` these are not used at all:',
    '',
    '```yaml',
    'prices:',
    '  currency: USD',
    '  models:',
    '    - { model: gpt-4o, input: 2.2, output: 8.8 }                  # of a million tokens',
    '    - { model: gpt-4o, sku: Standard, input: 2.5, output: 11 }    # only deployments of this SKU',
    '    - { model: "*", sku: ProvisionedManaged, unitHour: 1.3 }      # of a provisioned unit for an hour',
    '```',
    '',
    'Of several rows that fit, the one that says more of model, version and SKU counts. A provisioned deployment costs its units for every hour,',
    'used or not. Cached input counts as input, so the cost is rather too high than too low.',
    '',
    `Assumed prices in ${currency} for global pay-as-you-go deployments. They are no price list: write your own table before you rely on cost.`,
    'Azure states its own at https://azure.microsoft.com/pricing/details/azure-openai/.',
    '',
    '| model | version | SKU | input | output | unit and hour |',
    '|---|---|---|---|---|---|',
    ...prices.map(row),
    '',
  ];
}
