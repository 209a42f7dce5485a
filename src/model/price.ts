/** What tokens of a model cost. */
export interface Price {
  /** As Azure names the model, e.g. `gpt-4o`; compared without case, `*` stands for any text. */
  readonly model: string;
  /** Only for this version; absent: for every one that has no price of its own. */
  readonly version?: string;
  /** Only for deployments of this SKU, e.g. `Standard`; absent: for every one that has no price of its own. */
  readonly sku?: string;
  /** Of a million tokens. A row with one of the two is a price of tokens; the other is then 0. */
  readonly input?: number;
  readonly output?: number;
  /** Of one provisioned unit in an hour; such a deployment does not pay for tokens. */
  readonly unitHour?: number;
}

export interface PriceTable {
  readonly currency: string;
  /** Of several that fit, the one that says more of version and SKU; of two that say as much, the first. */
  readonly prices: readonly Price[];
}
