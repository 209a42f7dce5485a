import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { collectDigest, type DigestSources } from '../app/digest.ts';
import { renderDigest } from '../digest/render.ts';
import { DAY } from '../model/duration.ts';
import type { Window } from '../model/window.ts';
import { isZone } from '../render/time.ts';
import { moment } from '../rules/moment.ts';

const HELP = `tocsin digest
tocsin digest --from 2026-11-20T00:00:00Z --to 2026-11-21T00:00:00Z --html digest.html

Compiles one digest now and prints it; nothing is published and nobody is told.

  --from T        begin of the period, RFC 3339; 24 hours before its end by default
  --to T          end of the period; now by default
  --zone ZONE     time zone of the texts, e.g. Europe/Berlin; UTC by default
  --html FILE     also write the page to FILE
  --output FORM   text (default) or json
`;

export interface DigestCliDeps {
  readonly sources: DigestSources;
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
}

const USAGE = 2;
const ENVIRONMENT = 4;

/** Exit codes: 0 done, 2 wrong usage, 4 the file cannot be written. What the stores throw, and words it does not know, are the caller's. */
export async function run(args: readonly string[], { sources, stdout, stderr }: DigestCliDeps): Promise<number> {
  const request = understood(args, sources.clock.now());
  if (typeof request === 'string') {
    stderr(`${request}\n\n${HELP}`);
    return USAGE;
  }
  if (request.help) {
    stdout(HELP);
    return 0;
  }
  const { window, zone } = request;
  const previous = { start: window.start - (window.end - window.start), end: window.start };
  const model = await collectDigest({ name: 'on-demand', period: 'on demand', window, previous, zone }, sources);
  const { html, text, json } = renderDigest(model, { console: null });
  if (request.html !== null && !(await written(request.html, html, stderr))) return ENVIRONMENT;
  stdout(request.output === 'json' ? json : text);
  return 0;
}

async function written(file: string, html: string, stderr: (text: string) => void): Promise<boolean> {
  try {
    await writeFile(file, html);
    stderr(`wrote ${file}\n`);
    return true;
  } catch (thrown) {
    stderr(`${file} cannot be written: ${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
    return false;
  }
}

interface Request {
  readonly help: boolean;
  readonly window: Window;
  readonly zone: string;
  readonly html: string | null;
  readonly output: 'text' | 'json';
}

function understood(args: readonly string[], now: number): Request | string {
  const { values } = parseArgs({
    args: [...args],
    strict: true,
    options: {
      from: { type: 'string' },
      to: { type: 'string' },
      zone: { type: 'string', default: 'UTC' },
      html: { type: 'string' },
      output: { type: 'string', default: 'text' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const { output, zone, help, html = null } = values;
  const end = values.to === undefined ? now : moment(values.to);
  const start = values.from === undefined ? (end ?? now) - DAY : moment(values.from);
  if (start === null || end === null)
    return `not a time: ${start === null ? values.from : values.to}; write 2026-11-21T08:00:00Z`;
  if (start >= end) return '--from must be before --to';
  if (output !== 'text' && output !== 'json') return `--output takes text or json, not ${output}`;
  if (!isZone(zone)) return `not a time zone: ${zone}; write one like Europe/Berlin`;
  return { help, window: { start, end }, zone, html, output };
}
