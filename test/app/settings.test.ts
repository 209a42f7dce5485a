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

  it('keep the audit trail for 400 days, or as many as they say', () => {
    const days = (text: string) => readSettings({ ...ENV, TOCSIN_AUDIT_DAYS: text }).auditDays;
    expect([readSettings(ENV).auditDays, days(''), days('3650')]).toEqual([400, 400, 3_650]);
    for (const wrong of ['0', '-1', 'ever', '1.5']) expect(() => days(wrong)).toThrow('TCN-C002');
  });

  it('have keys of machines with a name and a role; one that is wrong is refused without being repeated', () => {
    const keys = (text: string) => readSettings({ ...ENV, TOCSIN_API_KEYS: text }).apiKeys;
    const secret = 'c2VjcmV0LW9mLW1hY2hpbmVz==';
    expect(keys(`prometheus=${secret}, wallboard:reader=${secret}`)).toEqual([
      { name: 'prometheus', role: 'responder', secret },
      { name: 'wallboard', role: 'reader', secret },
    ]);
    expect([keys(''), keys(' '), keys('@Microsoft.KeyVault(SecretUri=https://kv/secrets/api-keys)')]).toEqual([[], [], []]);
    for (const wrong of ['short=HIDDEN', `boss:king=${secret}`, secret]) {
      expect(() => keys(wrong)).toThrow('TCN-C002 setting not understood: TOCSIN_API_KEYS, key 1');
      expect(() => keys(wrong)).not.toThrow(/HIDDEN|c2Vj/);
    }
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
