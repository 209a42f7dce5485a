import type { RetryContext, RetryOptions } from './core-api.ts';
import type { Outcome } from './invoker.ts';

/**
 * Runs attempts until one succeeds or the policy is used up, as the host does within one trigger execution, with `pause` (ms) in
 * between. Without a policy there is one attempt and no retry context.
 */
export async function withRetries(
  policy: RetryOptions | undefined,
  pause: (ms: number) => Promise<void>,
  attempt: (context: RetryContext | undefined) => Promise<Outcome>,
): Promise<Outcome> {
  if (policy === undefined) return attempt(undefined);
  const maxRetryCount = policy.maxRetryCount ?? 0;
  let outcome = await attempt({ retryCount: 0, maxRetryCount });
  for (let retryCount = 1; !outcome.ok && (maxRetryCount === -1 || retryCount <= maxRetryCount); retryCount += 1) {
    const { error } = outcome;
    await pause(delayBefore(policy, retryCount));
    outcome = await attempt({ retryCount, maxRetryCount, exception: exceptionOf(error) });
  }
  return outcome;
}

/** Ms before a retry, the first being number 1. The library has already rounded the policy's durations to whole seconds. */
export function delayBefore(policy: RetryOptions, retryCount: number): number {
  const seconds = (duration: { readonly seconds?: number } | undefined) => (duration?.seconds ?? 0) * 1000;
  if (policy.retryStrategy !== 'exponentialBackoff') return seconds(policy.delayInterval);
  return Math.min(seconds(policy.maximumInterval), seconds(policy.minimumInterval) * 2 ** (retryCount - 1));
}

function exceptionOf(error: unknown): NonNullable<RetryContext['exception']> {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return { message, source: '', stackTrace: stack ?? '' };
}
