import { describe, expect, it } from 'vitest';
import { matches } from '../../src/model/target.ts';
import { ACCOUNTS, targetOf } from '../rules/fixtures.ts';

const target = targetOf('prod-1', { kind: 'OpenAI', tags: { Env: 'prod', team: 'Assistants' } });

describe('a selector', () => {
  it('compares type, kind, group and tag names without case', () => {
    expect(matches({ type: ACCOUNTS.toUpperCase() }, target)).toBe(true);
    expect(matches({ type: ACCOUNTS, kinds: ['AIServices', 'openai'] }, target)).toBe(true);
    expect(matches({ type: ACCOUNTS, resourceGroups: ['RG'] }, target)).toBe(true);
    expect(matches({ type: ACCOUNTS, tags: { env: 'prod' } }, target)).toBe(true);
  });

  it('compares tag values exactly, as Azure does', () => {
    expect(matches({ type: ACCOUNTS, tags: { team: 'assistants' } }, target)).toBe(false);
  });

  it('wants every tag, but only one of a list', () => {
    expect(matches({ type: ACCOUNTS, tags: { env: 'prod', team: 'Assistants' } }, target)).toBe(true);
    expect(matches({ type: ACCOUNTS, tags: { env: 'prod', cost: '1' } }, target)).toBe(false);
    expect(matches({ type: ACCOUNTS, subscriptions: ['other', 'SUB-1'] }, target)).toBe(true);
  });

  it('wants every field that is given', () => {
    expect(matches({ type: ACCOUNTS, kinds: ['OpenAI'], resourceGroups: ['other'] }, target)).toBe(false);
    expect(matches({ type: 'Microsoft.MachineLearningServices/workspaces' }, target)).toBe(false);
  });

  it('knows a resource by its id in any case, with or without its first slash', () => {
    expect(matches({ type: ACCOUNTS, ids: [target.id.toUpperCase().slice(1)] }, target)).toBe(true);
    expect(matches({ type: ACCOUNTS, ids: [`${target.id}0`] }, target)).toBe(false);
  });
});
