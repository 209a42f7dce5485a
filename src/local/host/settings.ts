import { TocsinError } from '../../model/errors.ts';
import type { Binding } from './core-api.ts';

export type AppSettings = Readonly<Record<string, string | undefined>>;

/** The binding with every `%NAME%` replaced by the app setting of that name. Throws TCN-C001 naming a setting that is missing. */
export function resolved(binding: Binding, settings: AppSettings): Binding {
  return Object.fromEntries(
    Object.entries(binding).map(([option, value]) => [option, typeof value === 'string' ? replaced(value, settings) : value]),
  ) as Binding;
}

function replaced(text: string, settings: AppSettings): string {
  return text.replaceAll(/%([^%]+)%/g, (_, name: string) => {
    const value = settings[name];
    if (value === undefined) throw new TocsinError('TCN-C001', `%${name}% does not resolve to a value`);
    return value;
  });
}

/** The connection string that a binding's `connection` names. Throws TCN-C001 if it is not set. */
export function connectionOf(binding: Binding, settings: AppSettings, fallback?: string): string {
  const name = String(binding.connection ?? 'AzureWebJobsStorage');
  const value = settings[name] ?? settings[`AzureWebJobs${name}`] ?? (name === 'AzureWebJobsStorage' ? fallback : undefined);
  if (value === undefined || value === '') throw new TocsinError('TCN-C001', `${name}: the connection of ${binding.type}`);
  return value;
}
