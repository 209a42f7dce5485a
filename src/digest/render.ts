import type { RenderedDigest } from '../model/digest.ts';
import { type DigestLinks, renderHtml } from './html.ts';
import { renderJson } from './json.ts';
import type { DigestModel } from './model.ts';
import { renderText } from './text.ts';

/** All forms of a digest. The same model gives the same bytes. */
export function renderDigest(model: DigestModel, links: DigestLinks): RenderedDigest {
  return { subject: model.subject, html: renderHtml(model, links), text: renderText(model), json: renderJson(model) };
}
