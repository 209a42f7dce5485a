import { describe, expect, it } from 'vitest';
import { columns, print, problems } from '../run-kql.ts';

describe('bits of a long', () => {
  it('are combined, inverted, shifted and counted', () => {
    expect(
      print(
        'binary_and(12, 10), binary_or(12, 10), binary_xor(12, 10), binary_not(100), bitset_count_ones(42), bitset_count_ones(-1)',
      ),
    ).toEqual([8, 14, 6, -101, 3, 64]);
  });

  it('are shifted by a distance modulo 64, and not at all by a negative one', () => {
    expect(
      print(
        'binary_shift_left(1, 2), binary_shift_left(1, 65), binary_shift_right(-8, 1), binary_shift_left(1, 63), binary_shift_left(1, -1)',
      ),
    ).toEqual([4, 2, -4, -9223372036854775808n, null]);
  });
});

describe('functions of statistics', () => {
  const near = (value: number): unknown => expect.closeTo(value, 12);

  it('agree with the engine to a dozen digits', () => {
    expect(print('gamma(5), gamma(0.5), loggamma(5), erf(1), erfc(3), erf(-3)')).toEqual([
      24,
      near(Math.sqrt(Math.PI)),
      near(Math.log(24)),
      near(0.8427007929497149),
      near(0.000022090496998585438),
      near(-0.9999779095030014),
    ]);
    expect(print('beta_pdf(0.5, 10.0, 20.0), beta_inv(0.1, 10.0, 20.0), beta_cdf(beta_inv(0.3, 2.0, 5.0), 2.0, 5.0)')).toEqual([
      near(0.746176019310951),
      near(0.22641502238874897),
      near(0.3),
    ]);
    expect(print('beta_inv(1.5, 10.0, 20.0), beta_inv(0.1, -1.0, 20.0), beta_pdf(1.5, 10.0, 20.0)')).toEqual([
      null,
      'NaN',
      'NaN',
    ]);
  });
});

describe('units', () => {
  it('are converted by their exact sizes', () => {
    expect(
      print(
        "convert_angle(1.2, 'Degree', 'Arcminute'), convert_length(1.2, 'Meter', 'Foot'), convert_speed(1.2, 'MeterPerSecond', 'CentimeterPerHour')",
      ),
    ).toEqual([expect.closeTo(72, 9), expect.closeTo(3.93700787401575, 9), expect.closeTo(432000, 6)]);
    expect(
      print(
        "convert_temperature(1.2, 'Kelvin', 'DegreeCelsius'), convert_mass(1.2, 'Kilogram', 'Pound'), convert_force(1.2, 'Newton', 'Decanewton')",
      ),
    ).toEqual([expect.closeTo(-271.95, 9), expect.closeTo(2.64554714621853, 9), expect.closeTo(0.12, 12)]);
  });

  it('without an exact size are refused', () => {
    expect(problems("print convert_length(1.0, 'Shackle', 'Meter')")).toEqual([
      '1:7 TCN-L003 the unit Shackle of convert_length() is not supported offline',
    ]);
  });
});

describe('a decimal', () => {
  it('is exact, and compares by its value', () => {
    expect(
      print(
        'decimal(0.1) + decimal(0.2), decimal(1.50) * 2, todecimal("-1e-3") - 1, decimal(0.1) + decimal(0.2) == decimal(0.3), decimal(10) > decimal(9.99)',
      ),
    ).toEqual(['0.3', '3', '-1.001', true, true]);
    expect(columns('print d = todecimal("1")')).toEqual(['d:decimal']);
    expect(print('todecimal("x"), toint(decimal(3.9)), todouble(decimal(2.5)), tostring(decimal(100))')[0]).toBeNull();
  });

  it('is refused where it would become a double', () => {
    expect(problems('print sqrt(decimal(2))')).toEqual(['1:7 TCN-L003 sqrt of a decimal is not supported offline']);
    expect(problems('print d = decimal(1) | summarize sum(d)')).toEqual([
      '1:34 TCN-L003 sum() of a decimal is not supported offline',
    ]);
  });
});
