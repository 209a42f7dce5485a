/*
 * Figures fitted to the Azure LLM inference trace of 2023 (Azure Public Dataset, CC-BY 4.0): P. Patel, E. Choukse, C. Zhang, A. Shah,
 * Í. Goiri, S. Maleki, R. Bianchini, "Splitwise: Efficient generative LLM inference using phase splitting", ISCA 2024. Changed: only
 * means, spreads and limits are used; rates are scaled to a small estate; latency, status and callers are modelled, not measured.
 */

/** How one kind of use of a language model behaves. */
export interface Workload {
  /** Prompt and output tokens are log-normal: mean and deviation of the natural logarithm, and the largest seen. */
  readonly prompt: { readonly mu: number; readonly sigma: number; readonly max: number };
  readonly output: { readonly mu: number; readonly sigma: number; readonly max: number };
  /** Shape of the gamma factor on each minute's rate: small is bursty. */
  readonly burstShape: number;
}

/** The trace's chat service: 19,366 requests, 333 a minute, coefficient of variation 0.22. */
export const CHAT: Workload = {
  prompt: { mu: 6.633, sigma: 0.985, max: 14_050 },
  output: { mu: 5.019, sigma: 0.859, max: 1_000 },
  burstShape: 22.5,
};

/** The trace's coding service: 8,819 requests, 152 a minute, coefficient of variation 1.03, whole minutes without a request. */
export const CODE: Workload = {
  prompt: { mu: 6.999, sigma: 1.36, max: 7_437 },
  output: { mu: 2.788, sigma: 0.847, max: 1_899 },
  burstShape: 0.95,
};

/** Embeddings are not in the trace: prompts as in chat, no output tokens. */
export const EMBEDDINGS: Workload = { ...CHAT, output: { mu: 0, sigma: 0, max: 0 } };
