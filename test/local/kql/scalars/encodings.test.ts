import { describe, expect, it } from 'vitest';
import { print, problems } from '../run-kql.ts';

describe('encodings', () => {
  it('are .NET’s for URLs: lower-case digits, a space as + or %20', () => {
    expect(
      print(
        'url_encode("https://www.bing.com/hello world"), url_encode_component("https://a/b c"), url_decode("a%20b%C3%A9+c%zz")',
      ),
    ).toEqual(['https%3a%2f%2fwww.bing.com%2fhello+world', 'https%3a%2f%2fa%2fb%20c', 'a bé c%zz']);
  });

  it('are base64 of text, bytes and guids; what is none gives nothing', () => {
    expect(
      print(
        'base64_encode_tostring("Kusto"), base64_decode_tostring("S3VzdG8="), base64_decode_tostring("U3Vz%"), base64_decode_toarray("S3VzdG8="), base64_encode_fromarray(dynamic([75,117])), base64_decode_toguid("abcd1231")',
      ),
    ).toEqual(['S3VzdG8=', 'Kusto', '', [75, 117, 115, 116, 111], 'S3U=', null]);
    expect(print('base64_decode_toguid(base64_encode_fromguid(guid(ae3133f2-6e22-49ae-b06a-16e6a9b212eb)))')).toEqual([
      'ae3133f2-6e22-49ae-b06a-16e6a9b212eb',
    ]);
  });

  it('compress and come back', () => {
    expect(
      print(
        'gzip_decompress_from_base64_string(gzip_compress_to_base64_string("héllo")), zlib_decompress_from_base64_string(zlib_compress_to_base64_string("x")), gzip_decompress_from_base64_string("AAAA")',
      ),
    ).toEqual(['héllo', 'x', '']);
  });

  it('write numbers in base 16, two’s complement, and sizes in units of 1024', () => {
    expect(print('tohex(256), tohex(-256), tohex(toint(-256), 8), tohex(256, 8)')).toEqual([
      '100',
      'ffffffffffffff00',
      'ffffff00',
      '00000100',
    ]);
    expect(print('format_bytes(564), format_bytes(10332, 1), format_bytes(20010332), format_bytes(20010332, 0, "KB")')).toEqual([
      '564 Bytes',
      '10.1 KB',
      '19 MB',
      '19541 KB',
    ]);
  });
});

describe('hashes', () => {
  it('are the ones that the documentation prints', () => {
    expect(print('hash("World"), hash("World", 100), hash(datetime(2015-01-01)), hash("Hello")')).toEqual([
      1846988464401551951n,
      51,
      1380966698541616202n,
      753694413698530628n,
    ]);
    expect(print('hash_md5("World"), hash_sha1("World"), hash_sha256("World")')).toEqual([
      'f5a7924e621e84c9280a9a27e1bcb7f6',
      '70c07ec18ef89c5309bbb0937f3a6342411e1fdd',
      '78ae647dc5544d227130a0682a51e30bc7777fbb6d8a8f17007463a3ecd1d524',
    ]);
  });

  it('of what Kusto does not document are refused', () => {
    expect(problems('print hash(true)')).toEqual(['1:7 TCN-L003 hash of a bool is not supported offline']);
    expect(problems('print hash_combine(1, 2)')).toEqual(['1:7 TCN-L003 hash_combine() is not supported offline']);
  });
});
