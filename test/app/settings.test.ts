import { describe, expect, it } from 'vitest';
import { readSettings, SETTINGS } from '../../src/app/settings.ts';

const ENV = {
  AzureWebJobsStorage: 'UseDevelopmentStorage=true',
  EVALUATIONS_QUEUE: 'evaluations',
  NOTIFICATIONS_QUEUE: 'notifications',
  EVENT_HUB_NAME: 'diagnostics',
  TOCSIN_SUBSCRIPTIONS: 'one, two,',
};

describe('settings', () => {
  it('have defaults that are right in Azure', () => {
    const settings = readSettings({ ...ENV, WEBSITE_HOSTNAME: 'func.azurewebsites.net' });
    expect(settings).toMatchObject({
      consoleUrl: 'https://func.azurewebsites.net',
      consoleAccess: 'entra',
      standIn: null,
      queueDelays: 'visibility',
      logLevel: 'info',
      subscriptions: ['one', 'two'],
      workspaces: [],
    });
  });

  it('name the first that is missing', () => {
    expect(() => readSettings({})).toThrow(
      'TCN-C001 setting missing: AzureWebJobsStorage or AzureWebJobsStorage__blobServiceUri',
    );
    expect(() => readSettings({ ...ENV, EVALUATIONS_QUEUE: '' })).toThrow('EVALUATIONS_QUEUE');
  });

  it('refuse a value that is none of the choices, without repeating it', () => {
    const wrong = { ...ENV, TOCSIN_CONSOLE_ACCESS: 'SECRET-VALUE' };
    expect(() => readSettings(wrong)).toThrow('TCN-C002 setting not understood: TOCSIN_CONSOLE_ACCESS is none of entra, open');
    expect(() => readSettings(wrong)).not.toThrow('SECRET-VALUE');
  });

  it('are all documented', () => {
    const documented = new Set(SETTINGS.map((setting) => setting.name));
    const read: string[] = [];
    const spy = new Proxy(ENV as Record<string, string | undefined>, {
      get: (target, name: string) => {
        read.push(name);
        return target[name];
      },
    });
    readSettings(spy);
    const platform = new Set(['WEBSITE_HOSTNAME', 'WEBSITE_AUTH_ENABLED']);
    expect(read.filter((name) => !documented.has(name) && !platform.has(name))).toEqual([]);
  });
});
