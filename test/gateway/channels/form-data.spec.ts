import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formDataOf, type FormData } from '../../../src/modules/intake/channels/form-data.js';
import { encoded, multipart, urlencoded, type Part, type Posted } from '../page-forms.js';

const read = ({ body, contentType }: Posted): Promise<FormData> => formDataOf(body, contentType);
const refused = { code: 'INTAKE.PAYLOAD_REFUSED' };

const numbered = (count: number): [string, string][] =>
  Array.from({ length: count }, (_, n) => [`f${n}`, String(n)]);
const parts = (count: number, file?: string): Part[] =>
  numbered(count).map(([name, value]) => ({ name, value, file }));

describe('form data', () => {
  it.each([
    ['plus and percent', 'name=Ada+Example&city=K%C3%B6ln', { name: 'Ada Example', city: 'Köln' }],
    ['a field that comes again', 'topic=Sales&topic=Support', { topic: 'Sales, Support' }],
    ['fields without a value or a name', 'empty=&alone&=nobody&', { empty: '', alone: '' }],
    ['no field', '', {}],
    ['names of prototypes', '__proto__=a&constructor=b', { ['__proto__']: 'a', constructor: 'b' }],
  ])('is read with %s', async (_what, text, fields) => {
    const data = await read({ contentType: urlencoded, body: Buffer.from(text) });
    expect([...data.fields]).toEqual(Object.entries(fields));
  });

  it('of several parts is read, and its files are named and left out', async () => {
    const posted = multipart([
      { name: 'name', value: 'Adä\r\nExample' },
      { name: 'cv', value: 'content', file: 'C:\\docs\\cv.txt' },
      { name: 'topic', value: 'Sales' },
      { name: 'none', value: '', file: '' },
      { name: 'topic', value: 'Support' },
    ]);
    const { fields, files } = await read(posted);
    expect(Object.fromEntries(fields)).toEqual({ name: 'Adä\r\nExample', topic: 'Sales, Support' });
    expect(files).toEqual(['cv.txt']);
  });

  it('may have 100 fields, 120 parts, 20 kB in a field, 200 bytes in its name', async () => {
    expect((await read(encoded(numbered(100)))).fields.size).toBe(100);
    expect((await read(multipart([...parts(100), ...parts(20, 'a.txt')]))).files).toHaveLength(20);
    expect((await read(encoded({ ['n'.repeat(200)]: '' }))).fields.size).toBe(1);
    const long = 'x'.repeat(20 * 1024);
    expect((await read(encoded({ long }))).fields.get('long')).toBe(long);
    expect((await read(multipart([{ name: 'long', value: long }]))).fields.get('long')).toBe(long);
  });

  it.each<[string, Posted]>([
    ['101 fields', encoded(numbered(101))],
    ['101 fields in parts', multipart(parts(101))],
    ['121 parts', multipart(parts(121, 'a.txt'))],
    ['more than 20 kB in a field', encoded({ long: 'x'.repeat(20 * 1024 + 1) })],
    ['more than 20 kB in a part', multipart([{ name: 'long', value: 'x'.repeat(20 * 1024 + 1) }])],
    ['a long name', encoded({ ['n'.repeat(201)]: '' })],
    ['a long name of a part', multipart([{ name: 'n'.repeat(201), value: '' }])],
    ['no boundary', { ...multipart(parts(1)), contentType: 'multipart/form-data' }],
    ['another boundary', { ...multipart(parts(1)), contentType: 'multipart/form-data; boundary=other' }],
    ['nothing at all', { ...multipart([]), body: Buffer.alloc(0) }],
    ['an end in a field', { ...multipart(parts(1)), body: multipart(parts(1)).body.subarray(0, -15) }],
    [
      'an end in a file',
      { ...multipart(parts(1, 'a')), body: multipart(parts(1, 'a')).body.subarray(0, -15) },
    ],
  ])('with %s is refused', async (_what, posted) => {
    await expect(read(posted)).rejects.toMatchObject(refused);
  });

  it('is read or refused in any case, and never waits for more', { timeout: 60_000 }, async () => {
    const pieces = fc.constantFrom(
      ...['--b', '--b--', '\r\n', '\r\n\r\n', '\n', '--', 'a=b', '&', '%', '%zz', '=', 'x'.repeat(70_000)],
      ...['content-disposition: form-data; name="a"', '; filename="f"', "; filename*=utf-8''%ff", ': '],
      ...['content-type: text/plain; charset=base64', 'content-type: application/octet-stream', '\u0000'],
    );
    const text = fc.array(fc.oneof({ weight: 9, arbitrary: pieces }, fc.string({ unit: 'binary' })));
    const types = fc.constantFrom(urlencoded, 'multipart/form-data; boundary=b');
    await fc.assert(
      fc.asyncProperty(text, types, async (chosen, contentType) => {
        const outcome = read({ contentType, body: Buffer.from(chosen.join('')) }).then(
          ({ fields }) => fields.size <= 100,
          (error: unknown) => (error as { code?: string }).code === refused.code,
        );
        const late = new Promise((resolve) => setTimeout(() => resolve('it waits'), 2_000).unref());
        expect(await Promise.race([outcome, late])).toBe(true);
      }),
      { numRuns: 3_000 },
    );
  });
});
