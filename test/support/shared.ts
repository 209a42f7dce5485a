import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The folder of shared test data beside the checkout, which a user's clone does not have. */
export const SHARED = fileURLToPath(new URL('../../../shared/', import.meta.url));

/** Whether tests over shared data can run. Where `CI` is set they must: then the answer is yes, and they fail for want of files. */
export const hasShared = existsSync(SHARED) || Boolean(process.env.CI);
if (!hasShared) console.warn('shared test data are absent: tests over them are skipped');
