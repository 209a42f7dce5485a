import { unsupported } from '../errors.ts';
import { argument, refuseTypes, type Scalar, type ScalarTable } from './define.ts';

/*
 * convert_…(): the units whose size is defined exactly, in SI units. Of the documented ones those are left out whose size depends on
 * a measurement or a national convention; they are refused.
 */

type Sizes = Readonly<Record<string, number>>;

const FOOT = 0.3048;
const SURVEY_FOOT = 1200 / 3937;
const POUND = 0.45359237;
const GRAVITY = 9.80665;
const BTU = 1055.05585262;

const ANGLE: Sizes = {
  Radian: 1,
  Deciradian: 0.1,
  Centiradian: 0.01,
  Milliradian: 1e-3,
  Microradian: 1e-6,
  Nanoradian: 1e-9,
  Degree: Math.PI / 180,
  Millidegree: Math.PI / 180e3,
  Microdegree: Math.PI / 180e6,
  Nanodegree: Math.PI / 180e9,
  Arcminute: Math.PI / 10_800,
  Arcsecond: Math.PI / 648_000,
  Gradian: Math.PI / 200,
  NatoMil: Math.PI / 3200,
  Revolution: 2 * Math.PI,
};

const PREFIXES: Sizes = { '': 1, Kilo: 1e3, Mega: 1e6, Giga: 1e9, Tera: 1e12 };

function withPrefixes(unit: string, size: number, prefixes: readonly string[]): Sizes {
  return Object.fromEntries(
    prefixes.map((prefix) => [
      prefix === '' ? unit : `${prefix}${unit[0]?.toLowerCase()}${unit.slice(1)}`,
      size * (PREFIXES[prefix] ?? 1),
    ]),
  );
}

const ENERGY: Sizes = {
  ...withPrefixes('Joule', 1, ['', 'Kilo', 'Mega', 'Giga']),
  Millijoule: 1e-3,
  ...withPrefixes('WattHour', 3600, ['', 'Kilo', 'Mega', 'Giga', 'Tera']),
  ...withPrefixes('WattDay', 86_400, ['', 'Kilo', 'Mega', 'Giga', 'Tera']),
  ...withPrefixes('Calorie', 4.184, ['', 'Kilo', 'Mega']),
  ...withPrefixes('BritishThermalUnit', BTU, ['', 'Kilo', 'Mega', 'Giga']),
  Erg: 1e-7,
};

const FORCE: Sizes = {
  Newton: 1,
  Decanewton: 10,
  Kilonewton: 1e3,
  Meganewton: 1e6,
  Millinewton: 1e-3,
  Micronewton: 1e-6,
  Dyn: 1e-5,
  KilogramForce: GRAVITY,
  KiloPond: GRAVITY,
  TonneForce: GRAVITY * 1000,
  PoundForce: POUND * GRAVITY,
  KilopoundForce: POUND * GRAVITY * 1000,
  OunceForce: (POUND * GRAVITY) / 16,
  Poundal: POUND * FOOT,
  ShortTonForce: POUND * GRAVITY * 2000,
};

const LENGTH: Sizes = {
  Meter: 1,
  Decimeter: 0.1,
  Centimeter: 0.01,
  Millimeter: 1e-3,
  Micrometer: 1e-6,
  Nanometer: 1e-9,
  Decameter: 10,
  Hectometer: 100,
  Kilometer: 1000,
  Angstrom: 1e-10,
  Inch: 0.0254,
  Microinch: 0.0254e-6,
  Mil: 0.0254e-3,
  Foot: FOOT,
  Yard: 0.9144,
  Mile: 1609.344,
  Fathom: 1.8288,
  Hand: 0.1016,
  Chain: 20.1168,
  NauticalMile: 1852,
  UsSurveyFoot: SURVEY_FOOT,
  AstronomicalUnit: 149_597_870_700,
};

const MASS: Sizes = {
  Gram: 1e-3,
  Decigram: 1e-4,
  Centigram: 1e-5,
  Milligram: 1e-6,
  Microgram: 1e-9,
  Nanogram: 1e-12,
  Decagram: 0.01,
  Hectogram: 0.1,
  Kilogram: 1,
  Tonne: 1e3,
  Kilotonne: 1e6,
  Megatonne: 1e9,
  Pound: POUND,
  Kilopound: POUND * 1e3,
  Megapound: POUND * 1e6,
  Ounce: POUND / 16,
  Grain: POUND / 7000,
  Stone: POUND * 14,
  ShortTon: POUND * 2000,
  LongTon: POUND * 2240,
  ShortHundredweight: POUND * 100,
  LongHundredweight: POUND * 112,
};

const SECONDS: Sizes = { Second: 1, Minute: 60, Hour: 3600 };

const SPEED: Sizes = {
  ...Object.fromEntries(
    [
      'Meter',
      'Decimeter',
      'Centimeter',
      'Millimeter',
      'Micrometer',
      'Nanometer',
      'Kilometer',
      'Inch',
      'Foot',
      'Yard',
      'UsSurveyFoot',
    ].flatMap((unit) => Object.entries(SECONDS).map(([time, seconds]) => [`${unit}Per${time}`, (LENGTH[unit] ?? 1) / seconds])),
  ),
  MilePerHour: 1609.344 / 3600,
  Knot: 1852 / 3600,
};

const GALLON = 0.003785411784;
const IMPERIAL_GALLON = 0.00454609;

const VOLUME: Sizes = {
  CubicMeter: 1,
  CubicDecimeter: 1e-3,
  CubicCentimeter: 1e-6,
  CubicMillimeter: 1e-9,
  CubicMicrometer: 1e-18,
  CubicHectometer: 1e6,
  CubicKilometer: 1e9,
  HectocubicMeter: 100,
  KilocubicMeter: 1e3,
  CubicInch: 0.0254 ** 3,
  CubicFoot: FOOT ** 3,
  CubicYard: 0.9144 ** 3,
  CubicMile: 1609.344 ** 3,
  HectocubicFoot: 100 * FOOT ** 3,
  KilocubicFoot: 1e3 * FOOT ** 3,
  MegacubicFoot: 1e6 * FOOT ** 3,
  Liter: 1e-3,
  Deciliter: 1e-4,
  Centiliter: 1e-5,
  Milliliter: 1e-6,
  Microliter: 1e-9,
  Decaliter: 0.01,
  Hectoliter: 0.1,
  Kiloliter: 1,
  Megaliter: 1e3,
  UsGallon: GALLON,
  UsQuart: GALLON / 4,
  UsPint: GALLON / 8,
  UsOunce: GALLON / 128,
  ImperialGallon: IMPERIAL_GALLON,
  ImperialPint: IMPERIAL_GALLON / 8,
  ImperialOunce: IMPERIAL_GALLON / 160,
  OilBarrel: GALLON * 42,
};

/** To kelvin and back. */
const TEMPERATURE: Readonly<Record<string, readonly [(x: number) => number, (kelvin: number) => number]>> = {
  Kelvin: [(x) => x, (k) => k],
  DegreeCelsius: [(x) => x + 273.15, (k) => k - 273.15],
  MillidegreeCelsius: [(x) => x / 1000 + 273.15, (k) => (k - 273.15) * 1000],
  DegreeFahrenheit: [(x) => ((x - 32) * 5) / 9 + 273.15, (k) => ((k - 273.15) * 9) / 5 + 32],
  DegreeRankine: [(x) => (x * 5) / 9, (k) => (k * 9) / 5],
  DegreeDelisle: [(x) => 373.15 - (x * 2) / 3, (k) => ((373.15 - k) * 3) / 2],
  DegreeNewton: [(x) => (x * 100) / 33 + 273.15, (k) => ((k - 273.15) * 33) / 100],
  DegreeReaumur: [(x) => (x * 5) / 4 + 273.15, (k) => ((k - 273.15) * 4) / 5],
  DegreeRoemer: [(x) => ((x - 7.5) * 40) / 21 + 273.15, (k) => ((k - 273.15) * 21) / 40 + 7.5],
};

type Convert = (value: number, from: string, to: string) => number;

function conversion(units: Readonly<Record<string, unknown>>, convert: Convert): Scalar {
  return {
    check: (call) => {
      refuseTypes(['decimal', 'dynamic'])(call);
      for (const unit of call.args.slice(1)) {
        if (unit.kind !== 'literal') throw unsupported(`${call.name}() with a computed unit`, call.at);
        if (!Object.hasOwn(units, String(unit.value)))
          throw unsupported(`the unit ${String(unit.value)} of ${call.name}()`, call.at);
      }
    },
    bind: (_call, args) => {
      const value = argument(args, 0);
      const [from, to] = [String(argument(args, 1)(0)), String(argument(args, 2)(0))];
      return (row) => {
        const x = value(row);
        return x === null ? null : convert(Number(x), from, to);
      };
    },
  };
}

function bySize(sizes: Sizes): Scalar {
  return conversion(sizes, (value, from, to) => (value * (sizes[from] ?? 1)) / (sizes[to] ?? 1));
}

export const UNITS: ScalarTable = {
  convert_angle: bySize(ANGLE),
  convert_energy: bySize(ENERGY),
  convert_force: bySize(FORCE),
  convert_length: bySize(LENGTH),
  convert_mass: bySize(MASS),
  convert_speed: bySize(SPEED),
  convert_volume: bySize(VOLUME),
  convert_temperature: conversion(
    TEMPERATURE,
    (value, from, to) => TEMPERATURE[to]?.[1](TEMPERATURE[from]?.[0](value) ?? value) ?? value,
  ),
};
