/** Texts of a receiver in Liquid, over the members of the webhook's body. */
export interface Templates {
  readonly title?: string;
  readonly body?: string;
}

/** Limits of LiquidJS: characters of a template, ms of rendering, and units of memory; nothing is read from files. */
export const LIQUID = {
  parseLimit: 20_000,
  renderLimit: 500,
  memoryLimit: 2_000_000,
  ownPropertyOnly: true,
  strictFilters: true,
  templates: {},
} as const;

/** Characters of what a template makes. */
export const LONGEST_TITLE = 500;
export const LONGEST_BODY = 10_000;
