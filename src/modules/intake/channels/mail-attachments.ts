import { fileTypeFromBuffer } from 'file-type';
import { newId } from '../../../shared/kernel/ids.js';
import type { FileRef } from '../contracts.js';
import { fileName } from '../domain/clean-text.js';
import type { MailFile } from '../domain/mail.js';
import type { Attachment } from './channel.js';

const mostFiles = 50;
const largestFile = 25 * 1024 * 1024;
/** Types show in the first bytes; only some containers are told apart further in. */
const lookedAt = 1024 * 1024;
const unknownType = 'application/octet-stream';

/** The files of a mail: what is stored, and what the event says of them. */
export interface MailAttachments {
  readonly attachments: readonly Attachment[];
  readonly files: readonly FileRef[];
}

/**
 * The first 50 files of a mail of up to 25 MiB each, typed by their bytes. The others are named without an id: they are
 * in the raw mail only.
 */
export async function attachmentsOf(given: readonly MailFile[]): Promise<MailAttachments> {
  const attachments: Attachment[] = [];
  const files: FileRef[] = [];
  for (const { name: claimed, declaredType, content } of given) {
    const mediaType = await typeOf(content);
    const ref = { name: fileName(claimed), mediaType, size: content.length };
    if (attachments.length >= mostFiles || content.length > largestFile) {
      files.push(ref);
      continue;
    }
    const id = newId();
    attachments.push({ id, name: ref.name, declaredType: claimedType(declaredType), mediaType, content });
    files.push({ id, ...ref });
  }
  return { attachments, files };
}

/** What is no media type (RFC 6838, section 4.2) is none that could be stored or shown. */
function claimedType(text: string): string {
  return /^[a-z0-9][\w!#$&^.+-]{0,90}\/[a-z0-9][\w!#$&^.+-]{0,90}$/.test(text) ? text : unknownType;
}

async function typeOf(content: Buffer): Promise<string> {
  try {
    return (await fileTypeFromBuffer(content.subarray(0, lookedAt)))?.mime ?? unknownType;
  } catch {
    // What breaks off in the middle, or pretends to be an archive, has no type.
    return unknownType;
  }
}
