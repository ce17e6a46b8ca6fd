import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Busboy } from '@fastify/busboy';
import { PayloadRefused } from '../intake.errors.js';
import { decodeText } from './decode-text.js';

const mostParts = 1_200;
const sliceBytes = 64 * 1024;

/** A field of a form; with a file name it is a file. */
export interface FormPart {
  readonly name: string;
  readonly fileName?: string;
  /** Media type as claimed, in lower case and without parameters. */
  readonly type: string;
  readonly content: Buffer;
}

/** A form that was posted: fields keep their bytes, since each may be in another charset. */
export class Form {
  constructor(private readonly parts: readonly FormPart[]) {}

  get files(): readonly FormPart[] {
    return this.parts.filter(({ fileName }) => fileName !== undefined);
  }

  has(name: string): boolean {
    return this.bytes(name) !== undefined;
  }

  /** The first part of the name, as bytes. */
  bytes(name: string): Buffer | undefined {
    return this.parts.find((part) => part.name === name)?.content;
  }

  /** The first field of the name, as text; empty where there is none. A file is no field. */
  text(name: string, charset?: string): string {
    const field = this.parts.find((part) => part.name === name && part.fileName === undefined);
    return decodeText(field?.content ?? Buffer.alloc(0), charset);
  }

  /** SHA-256 of what was posted, in whatever order, without the fields that differ between attempts. */
  fingerprint(except: readonly string[] = []): string {
    const parts = this.parts
      .filter(({ name }) => !except.includes(name))
      .map(({ name, fileName = '', content }) => JSON.stringify([name, fileName, sha256(content)]))
      .sort();
    return `sha256:${sha256(Buffer.from(parts.join('\n')))}`;
  }
}

/**
 * Reads `application/x-www-form-urlencoded` or `multipart/form-data` (RFC 7578) of at most 1,200 parts.
 * @param want `fields`: files are skipped
 * @throws INTAKE.PAYLOAD_REFUSED
 */
export async function readForm(
  contentType: string | undefined,
  body: Buffer,
  want: 'all' | 'fields' = 'all',
): Promise<Form> {
  const type = contentType ?? '';
  if (!/^multipart\//i.test(type.trim())) return new Form(urlencodedParts(body));
  return new Form(await multipartParts(type, body, want));
}

function urlencodedParts(body: Buffer): FormPart[] {
  let count = 1;
  for (let at = body.indexOf('&'); at >= 0; at = body.indexOf('&', at + 1)) {
    count += 1;
    if (count > mostParts) throw tooMany();
  }
  return [...new URLSearchParams(body.toString())].map(([name, value]) => ({
    ...{ name, type: 'text/plain' },
    content: Buffer.from(value),
  }));
}

/** In slices, so that a body of countless parts is given up at the first one too many. */
async function multipartParts(
  contentType: string,
  body: Buffer,
  want: 'all' | 'fields',
): Promise<FormPart[]> {
  const found: { part: Omit<FormPart, 'content'>; chunks: Buffer[] }[] = [];
  try {
    const parser = new Busboy({
      headers: { 'content-type': contentType },
      isPartAFile: () => true,
      limits: { parts: mostParts, headerPairs: 100, headerSize: 16 * 1024 },
    });
    parser.on('file', (name: string | undefined, stream, fileName: string | undefined, _encoding, type) => {
      // What is wrong with a part is wrong with the body, and told by the parser, too.
      stream.on('error', () => undefined);
      if (name === undefined || (want === 'fields' && fileName !== undefined)) return void stream.resume();
      const chunks: Buffer[] = [];
      found.push({ part: { name, fileName, type }, chunks });
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    });
    parser.once('partsLimit', () => parser.destroy(tooMany()));
    await pipeline(Readable.from(slicesOf(body)), parser);
  } catch (cause) {
    throw PayloadRefused({ message: 'The body is no multipart form that can be read.', cause });
  }
  return found.map(({ part, chunks }) => ({ ...part, content: Buffer.concat(chunks) }));
}

function* slicesOf(body: Buffer): Generator<Buffer> {
  for (let at = 0; at < body.length; at += sliceBytes) yield body.subarray(at, at + sliceBytes);
}

function tooMany(): Error {
  return PayloadRefused({ message: `A form may have ${mostParts} parts at the most.` });
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
