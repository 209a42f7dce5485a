import type { PriceTable } from '../model/price.ts';

/*
 * Prices in US dollars for a million tokens, and for a provisioned unit (PTU) an hour without reservation, so that `cost` rules say
 * something before a table of one's own is written. They are assumptions about global pay-as-you-go deployments, not a copy of a price
 * sheet: those of gpt-4.1, gpt-4o, gpt-4o-mini and ProvisionedManaged agree with what third parties wrote of Azure's page in early 2026,
 * the others were compared with nothing. Discounts, batch, cached input and data-zone surcharges are not in them.
 */
export const ASSUMED_PRICES: PriceTable = {
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
