/* The deployed entry point, and a way to ask its credential, which nothing on a laptop does. */
export * from '../../../functions/main.ts';
export { azureCredential } from '../../../src/azure/credential.ts';
