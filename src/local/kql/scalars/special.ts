import { refuseTypes, type Scalar, type ScalarTable, strict1, strictN } from './define.ts';

/* The gamma, error and beta functions, to about 14 digits. */

const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
  -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** ln |Γ(x)| for x ≥ 0.5, by Lanczos' series (g = 7). */
function lnGammaAbove(x: number): number {
  const z = x - 1;
  const [first = 1, ...more] = LANCZOS;
  const sum = more.reduce((total, factor, index) => total + factor / (z + index + 1), first);
  const t = z + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(t) - t + Math.log(sum);
}

function lnGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.abs(Math.sin(Math.PI * x))) - lnGammaAbove(1 - x);
  return lnGammaAbove(x);
}

function gamma(x: number): number {
  if (Number.isInteger(x) && x > 0 && x < 171) {
    let product = 1;
    for (let factor = 2; factor < x; factor += 1) product *= factor;
    return product;
  }
  if (Number.isInteger(x) && x <= 0) return Number.NaN;
  return x < 0.5 ? Math.PI / (Math.sin(Math.PI * x) * gamma(1 - x)) : Math.exp(lnGammaAbove(x));
}

function erf(x: number): number {
  const size = Math.abs(x);
  if (size > 2.5) return Math.sign(x) * (1 - erfcTail(size));
  let term = x;
  let sum = x;
  for (let n = 1; n < 200 && Math.abs(term) > 1e-18 * Math.abs(sum); n += 1) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

function erfc(x: number): number {
  if (x > 2.5) return erfcTail(x);
  return 1 - erf(x);
}

/** By Lentz's continued fraction, for x > 2. */
function erfcTail(x: number): number {
  let fraction = 0;
  for (let n = 120; n > 0; n -= 1) fraction = n / 2 / (x + fraction);
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / (x + fraction);
}

/** The regularised incomplete beta function. */
function betaCdf(x: number, a: number, b: number): number {
  if (!(x >= 0 && x <= 1) || !(a > 0) || !(b > 0)) return Number.NaN;
  if (x === 0 || x === 1) return x;
  const front = Math.exp(lnGamma(a + b) - lnGamma(a) - lnGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  return x < (a + 1) / (a + b + 2) ? (front * betaFraction(x, a, b)) / a : 1 - (front * betaFraction(1 - x, b, a)) / b;
}

function betaFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  const safe = (value: number): number => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / safe(1 - ((a + b) * x) / (a + 1));
  let product = d;
  for (let m = 1; m <= 500; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / safe(1 + even * d);
    c = safe(1 + even / c);
    product *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / safe(1 + odd * d);
    c = safe(1 + odd / c);
    product *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return product;
}

function betaPdf(x: number, a: number, b: number): number {
  if (!(x >= 0 && x <= 1) || !(a > 0) || !(b > 0)) return Number.NaN;
  return Math.exp(lnGamma(a + b) - lnGamma(a) - lnGamma(b) + (a - 1) * Math.log(x) + (b - 1) * Math.log1p(-x));
}

function betaInverse(p: number, a: number, b: number): number | null {
  if (!(a > 0) || !(b > 0)) return Number.NaN;
  if (!(p >= 0 && p <= 1)) return null;
  let [low, high] = [0, 1];
  for (let step = 0; step < 200 && high - low > 0; step += 1) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (betaCdf(middle, a, b) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

function one(f: (x: number) => number): Scalar {
  return { check: refuseTypes(['decimal']), ...strict1((x: number | bigint) => f(Number(x))) };
}

function three(f: (x: number, a: number, b: number) => number | null): Scalar {
  return { check: refuseTypes(['decimal']), ...strictN(([x, a, b]) => f(Number(x), Number(a), Number(b))) };
}

export const SPECIAL: ScalarTable = {
  gamma: one(gamma),
  loggamma: one(lnGamma),
  erf: one(erf),
  erfc: one(erfc),
  beta_cdf: three(betaCdf),
  beta_pdf: three(betaPdf),
  beta_inv: three(betaInverse),
};
