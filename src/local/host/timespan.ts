import { TocsinError } from '../../model/errors.ts';

const TIMESPAN = /^(?:(\d+)\.)?(\d{1,2}):(\d{2})(?::(\d{2}))?$/;

/** Milliseconds of a .NET TimeSpan as host.json writes it: `00:05:00`, `1.00:00:00`. Throws TCN-L005 naming the setting. */
export function timespan(text: string, setting: string): number {
  const [, days = '0', hours, minutes, seconds = '0'] = TIMESPAN.exec(text) ?? [];
  if (hours === undefined || minutes === undefined)
    throw new TocsinError('TCN-L005', `host.json: ${setting} is no timespan: ${text}`);
  return (((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
}
