/*
 * The bundle's entry: importing a file registers its functions. Nothing here may throw at load: Azure answers a failing entry point
 * with zero functions and success (https://github.com/Azure/azure-functions-nodejs-worker/issues/630).
 */
import './tick.ts';
import './evaluate.ts';
import './deliver.ts';
import './poison.ts';
import './digest.ts';
import './forward.ts';
import './coverage.ts';
import './console.ts';
import './alertmanager.ts';
import './health.ts';
import './heartbeat.ts';
import './azure-hook.ts';

export { useClock } from '../src/app/clock.ts';
