import { describe, expect, it } from 'vitest';
import { print } from '../run-kql.ts';

describe('a URL', () => {
  it('has its eight parts, of which the missing are empty', () => {
    expect(
      print('parse_url("scheme://user:pass@host:1234/this/is?k1=v1&k2=v2#fragment"), parseurl("https://bing.com").Path'),
    ).toEqual([
      {
        Scheme: 'scheme',
        Host: 'host',
        Port: '1234',
        Path: '/this/is',
        Username: 'user',
        Password: 'pass',
        'Query Parameters': { k1: 'v1', k2: 'v2' },
        Fragment: 'fragment',
      },
      '',
    ]);
    expect(print('parse_urlquery("a=1&b=x%20y")')).toEqual([{ 'Query Parameters': { a: '1', b: 'x y' } }]);
  });
});

describe('text of a known form', () => {
  it('is CSV: the first record, with quotes undone', () => {
    expect(print('parse_csv(\'aa,"b,b",cc,"say ""hi""",\\nnext,line\'), parse_csv("")')).toEqual([
      ['aa', 'b,b', 'cc', 'say "hi"', ''],
      [''],
    ]);
  });

  it('is a version, as a decimal that orders like it', () => {
    expect(
      print(
        'parse_version("1.2.3.4") > parse_version("1.2.3"), parse_version("0.0.0.5") == 5, tostring(parse_version("1")), parse_version("1.2.3.4.5"), parse_version("a")',
      ),
    ).toEqual([true, true, '1000000000000000000000000', null, null]);
  });

  it('is a file path of either system', () => {
    expect(
      print('parse_path(@"C:\\temp\\file.tar.gz"), parse_path("file://C:/temp/f.txt:some.exe").AlternateDataStreamName'),
    ).toEqual([
      {
        Scheme: '',
        RootPath: 'C:\\',
        DirectoryPath: 'C:\\temp',
        DirectoryName: 'temp',
        Filename: 'file.tar.gz',
        Extension: 'gz',
        AlternateDataStreamName: '',
      },
      'some.exe',
    ]);
  });

  it('is XML: attributes with @, text with #text, children that come again in a list', () => {
    expect(
      print(
        'parse_xml("<e/>"), parse_xml("<e a=\'1\'>t</e>"), parse_xml("<?xml version=\'1.0\'?><d><v>1.0</v><v>&lt;</v><!-- c --></d>"), parse_xml("<a><b></a>"), parse_xml("no")',
      ),
    ).toEqual([{ e: null }, { e: { '@a': '1', '#text': 't' } }, { d: { v: ['1.0', '<'] } }, null, null]);
  });

  it('is a Windows command line', () => {
    expect(print('parse_command_line(@"echo ""hello world!"" a\\b", "windows")')).toEqual([['echo', 'hello world!', 'a\\b']]);
  });

  it('is JSON, from which a path takes a value of the type asked for', () => {
    expect(
      print(
        'extract_json("$.a[0].b", \'{"a":[{"b":5}]}\', typeof(long)), extractjson("$[\'x y\']", \'{"x y":"z"}\'), extract_json("$.q", "{}"), extract_json("$.a", "not json", typeof(int))',
      ),
    ).toEqual([5, 'z', '', null]);
  });
});
