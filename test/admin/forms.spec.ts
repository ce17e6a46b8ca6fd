import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FormDto } from '../../src/modules/intake/http/forms.dto.js';
import { AdminUnderTest } from './support.js';

let t: AdminUnderTest;

beforeAll(async () => {
  t = await AdminUnderTest.start();
});
afterAll(() => t?.close());

const form = {
  fields: { type: 'object', required: ['mail'], properties: { mail: { type: 'string' } } },
  mapping: { email: 'mail' },
};
const put = (name: string, body: unknown, headers: Record<string, string> = {}) =>
  t.call<FormDto>('editor', 'PUT', `/admin/v1/forms/${name}`, { body, headers });

describe('forms', () => {
  it('are created without If-Match, and changed with the one that was read', async () => {
    const created = await put('demo', form);
    expect(created).toMatchObject({
      status: 200,
      headers: { etag: '"r1"' },
      body: { ...form, enabled: true, revision: 1 },
    });
    expect(await put('demo', form)).toMatchObject({
      status: 428,
      body: { code: 'HTTP.PRECONDITION_REQUIRED' },
    });
    const changed = await put('demo', { ...form, enabled: false }, { 'if-match': '"r1"' });
    expect(changed).toMatchObject({ status: 200, headers: { etag: '"r2"' }, body: { enabled: false } });
    const late = await put('demo', form, { 'if-match': '"r1"' });
    expect(late).toMatchObject({ status: 412, body: { code: 'INTAKE.FORM_CHANGED' } });
    expect((await t.get('viewer', '/forms/demo')).headers['etag']).toBe('"r2"');
    expect(await t.audit('intake.form-changed')).toHaveLength(2);
  });

  it('are created with If-None-Match: * only where there is none', async () => {
    const only = { 'if-none-match': '*' };
    expect((await put('second', form, only)).status).toBe(200);
    expect(await put('second', form, only)).toMatchObject({
      status: 412,
      body: { code: 'INTAKE.FORM_CHANGED' },
    });
  });

  it('with If-Match never create', async () => {
    expect(await put('third', form, { 'if-match': '"r1"' })).toMatchObject({
      status: 404,
      body: { code: 'INTAKE.FORM_UNKNOWN' },
    });
    expect((await t.get('viewer', '/forms/third')).status).toBe(404);
  });

  it.each([
    ['a schema of something else', { ...form, fields: { type: 'string' } }, 'INTAKE.FORM_INVALID'],
    [
      'a schema that does not compile',
      { ...form, fields: { type: 'object', required: 'x' } },
      'INTAKE.FORM_INVALID',
    ],
    ['a mapping of no lead field', { ...form, mapping: { shoeSize: 'size' } }, 'INTAKE.FORM_INVALID'],
    ['a mapping to no name', { ...form, mapping: { email: { a: 1 } } }, 'HTTP.VALIDATION_FAILED'],
    ['a revision of its own', { ...form, revision: 9 }, 'HTTP.VALIDATION_FAILED'],
    ['no schema', { mapping: {} }, 'HTTP.VALIDATION_FAILED'],
  ])('refuse %s', async (_, body, code) => {
    expect(await put('bad', body)).toMatchObject({ status: 400, body: { code } });
  });

  it('are listed, the one that ships among them', async () => {
    const { body } = await t.get<{ items: FormDto[]; nextCursor: null }>('viewer', '/forms');
    expect(body.items.map(({ name }) => name)).toContain('contact');
    expect(body.nextCursor).toBeNull();
  });
});
