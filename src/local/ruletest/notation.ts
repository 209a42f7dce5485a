/** Samples in order; `null` is a missing one. Or why the text is none. */
export type Samples = readonly (number | null)[] | { readonly problem: string };

const NUMBER = String.raw`[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?`;
const REPEATED = new RegExp(`^(${NUMBER})(?:([+-](?:\\d+\\.?\\d*|\\.\\d+)(?:e[+-]?\\d+)?))?(?:x(\\d+))?$`, 'i');
const MISSING = /^_(?:x(\d+))?$/;
/** A year of minutes: more than that is a slip. */
const MOST = 525_600;

/**
 * The notation of promtool: `5` one sample, `5x3` a sample and three more like it, `5+2x3` (`5-2x3`) a sample and three more in steps of
 * 2, `_` a missing sample, `_x3` three of them, `stale` the end of the series, which to Azure's metrics is a missing sample as well.
 */
export function parseSamples(text: string): Samples {
  const samples: (number | null)[] = [];
  for (const token of text.trim().split(/\s+/)) {
    const missing = MISSING.exec(token);
    const repeated = REPEATED.exec(token);
    const more = Number(missing?.[1] ?? repeated?.[3] ?? 0);
    if (samples.length + more > MOST) return { problem: `more than ${MOST} samples` };
    if (token === 'stale') samples.push(null);
    else if (missing !== null) for (let index = 0; index < (missing[1] === undefined ? 1 : more); index += 1) samples.push(null);
    else if (repeated !== null) {
      const [, first, step = '0', times] = repeated;
      if (repeated[2] !== undefined && times === undefined)
        return { problem: `\`${token}\` does not say how often: \`${token}x3\`` };
      for (let index = 0; index <= more; index += 1) samples.push(Number((Number(first) + index * Number(step)).toPrecision(15)));
    } else return { problem: `\`${token}\` is none of 5, 5x3, 5+2x3, _, _x3 and stale` };
  }
  return samples;
}
