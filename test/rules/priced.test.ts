import { describe, expect, it } from 'vitest';
import type { PriceTable } from '../../src/model/price.ts';
import { ASSUMED_PRICES } from '../../src/rules/assumed-prices.ts';
import { priceOf } from '../../src/rules/priced.ts';

const TABLE: PriceTable = {
  currency: 'USD',
  prices: [
    { model: '*', input: 9, output: 9 },
    { model: 'gpt-4o', input: 1, output: 1 },
    { model: 'gpt-4o', sku: 'Standard', input: 2, output: 2 },
    { model: 'gpt-4o', version: '2024-05-13', input: 3, output: 3 },
    { model: 'gpt-4o', version: '2024-05-13', sku: 'Standard', input: 4, output: 4 },
    { model: 'gpt-4o', unitHour: 5 },
    { model: '*', sku: 'ProvisionedManaged', unitHour: 6 },
  ],
};

describe('the price of a model', () => {
  it.each([
    ['gpt-4o', '2024-11-20', 'GlobalStandard', 1],
    ['GPT-4o', '2024-11-20', 'standard', 2],
    ['gpt-4o', '2024-05-13', 'GlobalStandard', 3],
    ['gpt-4o', '2024-05-13', 'Standard', 4],
    ['gpt-4o-mini', '1', 'Standard', 9],
  ])('%s %s (%s) is that of the row that says most of it', (model, version, sku, input) => {
    expect(priceOf(TABLE, 'tokens', model, version, sku)?.input).toBe(input);
  });

  it('of units is not that of tokens, nor the other way round', () => {
    expect(priceOf(TABLE, 'units', 'gpt-4o', '1', 'ProvisionedManaged')?.unitHour).toBe(5);
    expect(priceOf(TABLE, 'units', 'o3', '1', 'ProvisionedManaged')?.unitHour).toBe(6);
    expect(priceOf(TABLE, 'units', 'o3', '1', 'Standard')).toBeNull();
    expect(priceOf({ currency: 'USD', prices: [{ model: 'a', unitHour: 1 }] }, 'tokens', 'a', '1', '')).toBeNull();
  });

  it('of another model is not taken for its own', () => {
    expect(priceOf(ASSUMED_PRICES, 'tokens', 'gpt-4o-mini', '2024-07-18', 'Standard')).toMatchObject({
      input: 0.15,
      output: 0.6,
    });
    expect(priceOf(ASSUMED_PRICES, 'tokens', 'gpt-4o', '2024-11-20', 'Standard')).toMatchObject({ input: 2.5, output: 10 });
    expect(priceOf(ASSUMED_PRICES, 'tokens', 'gpt-9', '1', 'Standard')).toBeNull();
  });
});
