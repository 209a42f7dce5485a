import { describe, expect, it } from 'vitest';
import { azureAccess, loopbackBase } from '../../src/azure/loopback.ts';

describe('the address of a stand-in', () => {
  it.each([
    ['http://127.0.0.1:4711', 'http://127.0.0.1:4711'],
    ['http://127.0.0.1:4711/', 'http://127.0.0.1:4711'],
    ['http://[::1]:4711', 'http://[::1]:4711'],
    ['http://127.1.2.3:80/', 'http://127.1.2.3'],
  ])('may be %s', (address, base) => {
    expect(loopbackBase(address)).toBe(base);
  });

  it.each([
    'http://localhost:4711',
    'http://10.0.0.1:4711',
    'http://169.254.169.254',
    'http://127.0.0.1.example.com',
    'https://127.0.0.1:4711',
    'http://user:secret@127.0.0.1:4711',
    'http://0.0.0.0:4711',
    'ftp://127.0.0.1',
    'not an address',
    '',
  ])('may not be %j', (address) => {
    expect(() => azureAccess(null, address)).toThrow(expect.objectContaining({ code: 'TCN-C004' }));
    expect(() => azureAccess(null, address)).not.toThrow(/secret/);
  });

  it('is not needed in Azure, where clients go where they always go', async () => {
    const options = await azureAccess('client', null).clientOptions();
    expect(options.httpClient).toBeUndefined();
  });
});
