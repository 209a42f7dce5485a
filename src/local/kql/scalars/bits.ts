import { long } from '../numbers.ts';
import { type Scalar, type ScalarTable, strict1, strict2 } from './define.ts';

type Whole = number | bigint;

/** On the 64 bits of a long, or the 32 of an int. */
function bitwise(f: (a: bigint, b: bigint) => bigint): Scalar {
  return strict2((a: Whole, b: Whole) => long(f(BigInt(a), BigInt(b))));
}

/** The distance counts modulo 64; a negative one gives null. */
function shift(f: (value: bigint, by: bigint) => bigint): Scalar {
  return strict2((value: Whole, by: Whole) => (by < 0 ? null : long(f(BigInt(value), BigInt(by) % 64n))));
}

function ones(value: Whole): number {
  let count = 0;
  for (let rest = BigInt.asUintN(64, BigInt(value)); rest > 0n; rest &= rest - 1n) count += 1;
  return count;
}

export const BITS: ScalarTable = {
  binary_and: bitwise((a, b) => a & b),
  binary_or: bitwise((a, b) => a | b),
  binary_xor: bitwise((a, b) => a ^ b),
  binary_not: strict1((a: Whole) => long(~BigInt(a))),
  binary_shift_left: shift((value, by) => value << by),
  binary_shift_right: shift((value, by) => value >> by),
  bitset_count_ones: strict1(ones),
};
