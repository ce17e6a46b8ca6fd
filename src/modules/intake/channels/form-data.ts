import { Busboy, type BusboyInstance } from '@fastify/busboy';
import { PayloadRefused } from '../intake.errors.js';

/** What a page's form was filled with. */
export interface FormData {
  /** Values by field; those of a field that comes several times are joined by ", ". */
  readonly fields: ReadonlyMap<string, string>;
  /** Names of files that came with it. Their content is not read. */
  readonly files: readonly string[];
}

const mostFields = 100;
const mostParts = 120;
const longestName = 200;
/** Bytes. */
const longestValue = 20 * 1024;
const longestPartHeaders = 4 * 1024;

// The parser cuts silently at its own limits of fields and names, so these are one more than what is taken.
const limits = {
  fields: mostFields + 1,
  parts: mostParts,
  fieldNameSize: longestName + 1,
  fieldSize: longestValue,
  headerPairs: 20,
  headerSize: longestPartHeaders,
};

/**
 * Reads a body of `application/x-www-form-urlencoded` or `multipart/form-data` (RFC 7578). Files are left out, and
 * named.
 * @throws INTAKE.PAYLOAD_REFUSED when it is neither, or has more than 100 fields, 120 parts, or 20 kB in a field
 */
export async function formDataOf(body: Buffer, contentType: string): Promise<FormData> {
  const parser = parserOf(contentType);
  const fields = new Map<string, string>();
  const files: string[] = [];
  const problems: string[] = [];
  const refuse = (message: string): unknown => problems.push(message);
  let count = 0;
  parser.on('field', (name: string | undefined, value, isNameCut, isValueCut) => {
    count += 1;
    if (count > mostFields) refuse(`it has more than ${mostFields} fields`);
    if (isValueCut) refuse(`a field is longer than ${longestValue} bytes`);
    if (isNameCut || (name ?? '').length > longestName)
      refuse(`a field’s name is longer than ${longestName}`);
    if (name) fields.set(name, fields.has(name) ? `${fields.get(name)}, ${value}` : value);
  });
  parser.on('file', (_field, content, name: string | undefined) => {
    // A body that ends in a file: told to the file, too, and without a listener the end of the process.
    content.on('error', () => refuse('a file ends too early'));
    content.resume();
    if (name) files.push(name);
  });
  parser.on('partsLimit', () => refuse(`it has more than ${mostParts} parts`));
  await written(parser, body).catch((cause: unknown) => {
    throw PayloadRefused({ message: 'The body is not the form data that its content type says.', cause });
  });
  if (problems[0]) throw PayloadRefused({ message: `The form data cannot be taken: ${problems[0]}.` });
  return { fields, files };
}

/** @throws INTAKE.PAYLOAD_REFUSED */
function parserOf(contentType: string): BusboyInstance {
  try {
    return new Busboy({ headers: { 'content-type': contentType }, limits });
  } catch (cause) {
    throw PayloadRefused({ message: 'The content type of the form data has no boundary.', cause });
  }
}

function written(parser: BusboyInstance, body: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    parser.on('finish', resolve);
    // It may tell of several errors; one without a listener would end the process.
    parser.on('error', reject);
    parser.end(body);
  });
}
