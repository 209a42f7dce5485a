import { describe, expect, it } from 'vitest';
import { print, problems } from '../run-kql.ts';

describe('datetimes', () => {
  it('are read in every form that the documentation lists', () => {
    for (const text of [
      '2014-11-08T15:05:02Z',
      '2014-11-08 15:05:02',
      '2014-11-08 15:05:02 GMT',
      '2014-11-08T15:05:02 GMT',
      'Sat, 8 Nov 14 15:05:02 GMT',
      'Sat, 8 Nov 2014 15:05:02 GMT',
      '8 Nov 2014 15:05:02',
      'Saturday, 08-Nov-14 15:05:02 UTC',
      '11/8/2014 3:05:02 PM',
      '2014-11-08T17:05:02+02:00',
    ]) {
      expect(print(`todatetime("${text}")`), text).toEqual(['2014-11-08T15:05:02Z']);
    }
    expect(print('datetime(2025, 6, 14), datetime(2014-11), datetime(20141108), datetime(2014)')).toEqual([
      '2025-06-14T00:00:00Z',
      '2014-11-01T00:00:00Z',
      '2014-11-08T00:00:00Z',
      '2014-01-01T00:00:00Z',
    ]);
  });

  it('end with the calendar: what lies outside of the years 1 to 9999 is null', () => {
    expect(
      print(
        'datetime(9999-12-31) + 1d, datetime(0001-01-01) - 1d, unixtime_seconds_todatetime(1e300), datetime(9999-12-31 23:59:59.9999999), datetime_add("year", 9000, now()), startofday(datetime(0001-01-01))',
      ),
    ).toEqual([null, null, null, '9999-12-31T23:59:59.9999999Z', null, '0001-01-01T00:00:00Z']);
  });

  it('differ as the documentation’s table has it', () => {
    expect(
      print(
        "datetime_diff('year', datetime(2017-01-01), datetime(2000-12-31)), datetime_diff('quarter', datetime(2017-07-01), datetime(2017-03-30)), datetime_diff('month', datetime(2017-01-01), datetime(2015-12-30)), datetime_diff('hour', datetime(2017-10-31 01:00), datetime(2017-10-30 23:59)), datetime_diff('second', datetime(2017-10-30 23:00:10.100), datetime(2017-10-30 23:00:00.900)), datetime_diff('millisecond', datetime(2017-10-30 23:00:00.200100), datetime(2017-10-30 23:00:00.100900)), datetime_diff('nanosecond', datetime(2017-10-30 23:00:00.0000000), datetime(2017-10-30 23:00:00.0000007))",
      ),
    ).toEqual([17, 2, 13, 2, 10, 100, -700]);
  });

  it('are made of and taken into parts', () => {
    expect(
      print(
        'make_datetime(2017,10,1,12,10), make_datetime(2017,2,30), make_timespan(1,12,30,55), make_timespan(1,12), make_timespan(25,1)',
      ),
    ).toEqual(['2017-10-01T12:10:00Z', null, '1.12:30:55', '01:12:00', null]);
    expect(
      print(
        "datepart('week_of_year', datetime(2020-12-31)), weekofyear(datetime(2021-01-01)), datetime_part('quarter', datetime(2020-12-31)), hourofday(datetime(2020-12-31 13:00))",
      ),
    ).toEqual([53, 53, 4, 13]);
  });

  it('are written in a format, timespans too', () => {
    expect(
      print(
        "format_datetime(datetime(2017-01-29 09:00:05), 'yy-MM-dd [HH:mm:ss]'), format_datetime(datetime(2017-01-29 09:00:05), 'yyyy-M-dd [H:mm:ss]'), format_datetime(datetime(2017-01-29 09:00:05), 'yy-MM-dd [hh:mm:ss tt]'), format_timespan(time(29.09:00:05.12345), 'dd.hh:mm:ss:FF'), format_timespan(time(29.09:00:05.12345), 'ddd.h:mm:ss [fffffff]')",
      ),
    ).toEqual([
      '17-01-29 [09:00:05]',
      '2017-1-29 [9:00:05]',
      '17-01-29 [09:00:05 AM]',
      '29.09:00:05:12',
      '029.9:00:05 [1234500]',
    ]);
  });

  it('lie around others', () => {
    expect(
      print('around(datetime(2021-01-01 01:29), datetime(2021-01-01 01:30), 1m), around(1, 3, 1), around(real(null), 1, 1)'),
    ).toEqual([true, false, null]);
  });

  it('move between time zones, over the change of the clocks too', () => {
    expect(
      print(
        "datetime_utc_to_local(datetime(2026-07-01), 'Europe/Berlin'), datetime_local_to_utc(datetime(2020-02-02 20:02:20), 'US/Pacific'), datetime_local_to_utc(datetime(2026-10-25 02:30), 'Europe/Berlin'), datetime_local_to_utc(datetime(2026-03-29 02:30), 'Europe/Berlin'), datetime_utc_to_local(datetime(2026-07-01), strcat('no', 'where'))",
      ),
    ).toEqual(['2026-07-01T02:00:00Z', '2020-02-03T04:02:20Z', '2026-10-25T00:30:00Z', '2026-03-29T01:30:00Z', null]);
    expect(problems("print datetime_utc_to_local(now(), 'Mars/Olympus')")).toEqual([
      '1:7 TCN-R015 datetime_utc_to_local() knows no time zone "Mars/Olympus"',
    ]);
  });
});
