/** Pseudo-random numbers that depend only on their seed, so that a minute generated twice is the same minute. */
export interface Random {
  /** Uniform in [0, 1). */
  uniform(): number;
  normal(): number;
  poisson(mean: number): number;
  /** Gamma with mean 1. */
  gamma(shape: number): number;
  /** `count` hexadecimal digits. */
  hex(count: number): string;
}

/** A stream of its own for every combination of `parts`. Mulberry32 seeded by FNV-1a. */
export function randomOf(...parts: readonly (string | number)[]): Random {
  let state = 0x811c9dc5;
  for (const code of Buffer.from(parts.join('\n'))) state = Math.imul(state ^ code, 0x01000193);
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  // Marsaglia and Tsang's method; a shape below one is raised by one and scaled back.
  const gammaOf = (shape: number): number => {
    if (shape < 1) return gammaOf(shape + 1) * (1 - uniform()) ** (1 / shape);
    const d = shape - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = normal();
      const v = (1 + c * x) ** 3;
      if (v > 0 && Math.log(1 - uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
    }
  };
  return {
    uniform,
    normal,
    gamma: (shape) => gammaOf(shape) / shape,
    poisson: (mean) => {
      if (mean <= 0) return 0;
      if (mean > 60) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()));
      const limit = Math.exp(-mean);
      let count = 0;
      for (let product = 1 - uniform(); product > limit; product *= 1 - uniform()) count++;
      return count;
    },
    hex: (count) => Array.from({ length: count }, () => Math.floor(uniform() * 16).toString(16)).join(''),
  };
}

/** A GUID made of the stream's digits. */
export function guidOf(random: Random): string {
  return [8, 4, 4, 4, 12].map((count) => random.hex(count)).join('-');
}
