import { LIQUID, LONGEST_BODY, LONGEST_TITLE, type Templates } from '../model/template.ts';
import { cut } from './texts.ts';

import { type NotificationContent, webhookBody } from './webhook-body.ts';

/** Texts that a receiver's templates made; `problem` says why one could not, and then its text is the usual one. */
export interface CustomTexts {
  readonly title: string | null;
  readonly body: string | null;
  readonly problem: string | null;
}

/** Renders the templates over the body of a webhook. Never throws. LiquidJS is loaded by the first receiver that has one. */
export async function customTexts({ title, body }: Templates, content: NotificationContent): Promise<CustomTexts> {
  const { Liquid } = await import('liquidjs');
  const engine = new Liquid(LIQUID);
  const scope = webhookBody(content);
  const problems: string[] = [];
  const rendered = async (name: string, template: string | undefined, longest: number): Promise<string | null> => {
    if (template === undefined) return null;
    try {
      const text = String(await engine.parseAndRender(template, scope)).trim();
      return text === '' ? null : cut(text, longest);
    } catch (thrown) {
      problems.push(`the template of ${name} failed: ${firstLine(thrown)}`);
      return null;
    }
  };
  const texts = { title: await rendered('title', title, LONGEST_TITLE), body: await rendered('body', body, LONGEST_BODY) };
  return { ...texts, problem: problems.length === 0 ? null : problems.join('; ') };
}

function firstLine(thrown: unknown): string {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return (message.split('\n')[0] ?? '').slice(0, 200);
}
