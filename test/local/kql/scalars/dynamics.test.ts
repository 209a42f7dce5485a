import { describe, expect, it } from 'vitest';
import { columns, kql, print } from '../run-kql.ts';

describe('arrays', () => {
  it('are cut, split, shifted and rotated by positions, negative ones from the end', () => {
    const five = 'dynamic([1,2,3,4,5])';
    expect(
      print(
        `array_slice(${five}, 1, 2), array_slice(${five}, 2, -1), array_slice(${five}, -3, -2), array_split(${five}, 2), array_split(${five}, dynamic([1,3]))`,
      ),
    ).toEqual([
      [2, 3],
      [3, 4, 5],
      [3, 4],
      [
        [1, 2],
        [3, 4, 5],
      ],
      [[1], [2, 3], [4, 5]],
    ]);
    expect(
      print(
        `array_shift_left(${five}, 2), array_shift_left(${five}, -2, -1), array_shift_right(dynamic(["a","b"]), 1), array_rotate_left(${five}, 2), array_rotate_right(${five}, -2)`,
      ),
    ).toEqual([
      [3, 4, 5, null, null],
      [-1, -1, 1, 2, 3],
      ['', 'a'],
      [3, 4, 5, 1, 2],
      [3, 4, 5, 1, 2],
    ]);
  });

  it('are searched, summed, reversed, joined and zipped; what is no array gives null', () => {
    expect(
      print(
        `array_index_of(dynamic(["a","b","a"]), "a", 1), array_index_of(dynamic([1]), 2), array_sum(dynamic([1,2.5])), array_sum(dynamic(["x"])), array_length(todynamic('{}')), zip(dynamic([1,2]), dynamic(["x"])), array_concat(dynamic([1]), dynamic([[2],3])), strcat_array(dynamic([1,"a"]), "-")`,
      ),
    ).toEqual([
      2,
      -1,
      3.5,
      null,
      null,
      [
        [1, 'x'],
        [2, null],
      ],
      [1, [2], 3],
      '1-a',
    ]);
  });

  it('choose element by element', () => {
    expect(
      print(
        'array_iff(dynamic([true,false,true]), dynamic([1,2,3]), dynamic([4,5,6])), array_iff(dynamic([1,0,50]), "yes", "no"), array_iff(dynamic(["x",null]), 1, 0), array_iff(dynamic([true,true,true]), dynamic([1,2]), dynamic([3,4]))',
      ),
    ).toEqual([
      [1, 5, 3],
      ['yes', 'no', 'yes'],
      [null, null],
      [1, 2, null],
    ]);
  });

  it('sort numbers before texts, nulls last unless told otherwise', () => {
    expect(
      print(
        'array_sort_asc(dynamic(["b", 10, "a", 9.5, null])), array_sort_desc(dynamic([1,3,2,null]), false), array_sort_asc(dynamic([null,"x"]), false)',
      ),
    ).toEqual([
      [9.5, 10, 'a', 'b', null],
      [null, 3, 2, 1],
      [null, 'x'],
    ]);
  });

  it('are made of steps and of copies', () => {
    expect(
      print(
        'range(1, 8, 3), range(1, 3), range(3, 1, -1), range(1h, 3h), range(datetime(2015-01-01), datetime(2015-01-02), 1d), repeat("x", 2)',
      ),
    ).toEqual([
      [1, 4, 7],
      [1, 2, 3],
      [3, 2, 1],
      ['01:00:00', '02:00:00', '03:00:00'],
      ['2015-01-01T00:00:00.0000000Z', '2015-01-02T00:00:00.0000000Z'],
      ['x', 'x'],
    ]);
  });
});

describe('arrays as sets', () => {
  it('keep the order of the first, and hold 1 and 1.0 for one', () => {
    expect(
      print(
        'set_union(dynamic([3,1,1]), dynamic([2,3])), set_intersect(dynamic([1,2,3]), dynamic([3,2])), set_difference(dynamic([1,2,3]), dynamic([2]), dynamic([3])), set_has_element(dynamic([1.0]), 1), set_equals(dynamic([1,2]), dynamic([2,1,1]))',
      ),
    ).toEqual([[3, 1, 2], [2, 3], [1], true, true]);
    expect(columns('print j = jaccard_index(dynamic([1,2,3]), dynamic([1,2,3,4]))')).toEqual(['j:real']);
    expect(print('jaccard_index(dynamic([1,2,3]), dynamic([1,2,3,4]))')).toEqual([0.75]);
  });
});

describe('bags', () => {
  it('are packed, merged (the first value stays) and told by their keys', () => {
    expect(
      print(
        'bag_pack("a", 1, "b", datetime(2020-01-01)), bag_merge(dynamic({"a":1}), dynamic({"a":2,"b":3})), bag_keys(dynamic({"x":1,"y":2})), bag_has_key(dynamic({"a":{"b":null}}), "$.a.b"), bag_has_key(dynamic({"a":1}), "b")',
      ),
    ).toEqual([{ a: 1, b: '2020-01-01T00:00:00.0000000Z' }, { a: 1, b: 3 }, ['x', 'y'], true, false]);
  });

  it('lose and gain keys, also along a path', () => {
    expect(
      print(
        `bag_remove_keys(dynamic({"a":1,"b":{"c":2,"d":3}}), dynamic(["a","$.b.c"])), bag_set_key(dynamic({"a":1}), "$.b.c", "x"), bag_zip(dynamic(["a",8,"b"]), dynamic([1,"2",2.5])), bag_set_key(todynamic('[1]'), "a", 1)`,
      ),
    ).toEqual([{ b: { d: 3 } }, { a: 1, b: { c: 'x' } }, { a: 1, b: 2.5 }, null]);
  });

  it('hold the columns of a row', () => {
    expect(
      kql('print Id = "A", Other = 1, Empty = "" | project p = pack_all(), q = pack_all(true), r = bag_pack_columns(Id)'),
    ).toEqual([[{ Id: 'A', Other: 1, Empty: '' }, { Id: 'A', Other: 1 }, { Id: 'A' }]]);
  });

  it('name themselves __proto__ without harm', () => {
    expect(print('tostring(bag_pack("__proto__", 1)), parse_json("{\\"__proto__\\":{\\"a\\":1}}").a')).toEqual([
      '{"__proto__":1}',
      null,
    ]);
  });
});

describe('values of unknown type', () => {
  it('tell their type and their paths', () => {
    expect(
      print(
        'gettype(dynamic(null)), gettype(dynamic([])), gettype(parse_json("1.5")), gettype(now()), gettype(dynamic({"a":time(1h)}).a), treepath(dynamic({"a":[1,{"b":2}],"c":3}))',
      ),
    ).toEqual(['null', 'array', 'double', 'datetime', 'timespan', ["['a']", "['a'][0]", "['a'][0]['b']", "['c']"]]);
  });

  it('have one text whatever the order of their keys', () => {
    expect(print('dynamic_to_json(dynamic({"b":{"d":1,"c":[2]},"a":"x"}))')).toEqual(['{"a":"x","b":{"c":[2],"d":1}}']);
  });
});
