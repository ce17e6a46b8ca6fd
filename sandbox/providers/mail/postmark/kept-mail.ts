import { asArray, asObject, asString } from '../../../core/json.ts';
import type { JsonObject } from '../../../core/json.ts';
import type { KeptMail } from '../events.ts';
import { composeMime } from '../mime.ts';

type Accepted = { from: string; to: string[]; messageId: string; id: string };
type Header = { key: string; value: string };

/** What Postmark makes of a message: it puts its own Message-ID over the sender's, unless `X-PM-KeepID` asks it not to. */
export async function keptMail(body: JsonObject, accepted: Accepted): Promise<KeptMail> {
  const { from, to, messageId, id } = accepted;
  const headers = headersIn(body);
  const keeps = valueOf(headers, 'x-pm-keepid')?.toLowerCase() === 'true';
  const ownId = (keeps ? valueOf(headers, 'message-id') : undefined) ?? `<${messageId}@mtasv.net>`;
  const subject = asString(body['Subject']) ?? '';
  const [textBody, htmlBody] = [asString(body['TextBody']) ?? '', asString(body['HtmlBody']) ?? ''];
  const raw = await composeMime({
    ...{ from: asString(body['From']), to: asString(body['To']), replyTo: asString(body['ReplyTo']) },
    ...{ subject, text: textBody, html: htmlBody, messageId: ownId },
    headers: headers.filter(({ key }) => !['message-id', 'x-pm-keepid'].includes(key.toLowerCase())),
  });
  return {
    ...{ id, at: Date.now(), via: 'postmark', from, to, messageId: ownId, subject },
    raw: raw.toString('base64'),
    postmark: {
      ...{ messageId, stream: 'outbound', tag: asString(body['Tag']) ?? '', textBody, htmlBody },
      metadata: metadataIn(body),
    },
  };
}

function headersIn(body: JsonObject): Header[] {
  return asArray(body['Headers']).map((header) => {
    const { Name, Value } = asObject(header);
    return { key: asString(Name) ?? '', value: asString(Value) ?? '' };
  });
}

function valueOf(headers: readonly Header[], name: string): string | undefined {
  return headers.find(({ key }) => key.toLowerCase() === name)?.value;
}

function metadataIn(body: JsonObject): Record<string, string> {
  const entries = Object.entries(asObject(body['Metadata'])).map(([name, value]) => [name, String(value)]);
  return Object.fromEntries(entries) as Record<string, string>;
}
