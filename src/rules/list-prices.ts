import type { PriceTable } from '../model/price.ts';

/*
 * List prices in US dollars for a million tokens, and for a provisioned unit (PTU) an hour without reservation, as published for
 * global deployments at https://azure.microsoft.com/pricing/details/azure-openai/ in November 2025. Discounts, batch, cached input
 * and data-zone surcharges are not in them. Contract prices go under `prices:` in tocsin.yaml.
 */
export const LIST_PRICES: PriceTable = {
  currency: 'USD',
  prices: [
    { model: 'gpt-5', input: 1.25, output: 10 },
    { model: 'gpt-5-chat', input: 1.25, output: 10 },
    { model: 'gpt-5-mini', input: 0.25, output: 2 },
    { model: 'gpt-5-nano', input: 0.05, output: 0.4 },
    { model: 'gpt-4.1', input: 2, output: 8 },
    { model: 'gpt-4.1-mini', input: 0.4, output: 1.6 },
    { model: 'gpt-4.1-nano', input: 0.1, output: 0.4 },
    { model: 'gpt-4o', version: '2024-05-13', input: 5, output: 15 },
    { model: 'gpt-4o', input: 2.5, output: 10 },
    { model: 'gpt-4o-mini', input: 0.15, output: 0.6 },
    { model: 'o1', input: 15, output: 60 },
    { model: 'o3', input: 2, output: 8 },
    { model: 'o3-mini', input: 1.1, output: 4.4 },
    { model: 'o4-mini', input: 1.1, output: 4.4 },
    { model: 'text-embedding-3-large', input: 0.13, output: 0 },
    { model: 'text-embedding-3-small', input: 0.02, output: 0 },
    { model: 'text-embedding-ada-002', input: 0.1, output: 0 },
    { model: '*', sku: 'GlobalProvisionedManaged', unitHour: 1 },
    { model: '*', sku: 'DataZoneProvisionedManaged', unitHour: 1.1 },
    { model: '*', sku: 'ProvisionedManaged', unitHour: 2 },
  ],
};
