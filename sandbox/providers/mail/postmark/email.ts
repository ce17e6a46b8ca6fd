import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { asArray, asObject, asString } from '../../../core/json.ts';
import type { JsonObject } from '../../../core/json.ts';
import type { MailWorld } from '../mailbox.ts';
import { answer, PostmarkError, timeText, unprocessable } from './answers.ts';
import { keptMail } from './kept-mail.ts';

const ADDRESS = /<?([^<>\s@,"]+@[^<>\s@,"]+)>?\s*$/;
const MOST_RECIPIENTS = 50;
const MOST_IN_A_BATCH = 500;
const INACTIVE =
  'Inactive recipients are ones that have generated a hard bounce, a spam complaint, or a manual suppression.';

/** `POST /email` and `/email/batch`: https://postmarkapp.com/developer/api/email-api */
export function emailRoutes(app: FastifyInstance, world: MailWorld): void {
  app.post('/email', async (request, reply) => answer(reply, 200, await send(asObject(request.body), world)));

  // Each of a batch has an answer of its own, and the whole is a 200.
  app.post('/email/batch', async (request, reply) => {
    if (!Array.isArray(request.body)) throw unprocessable(402, 'Received invalid JSON input.');
    if (request.body.length > MOST_IN_A_BATCH) throw unprocessable(410, 'Too many batch messages.');
    const answers: object[] = [];
    for (const body of asArray(request.body)) answers.push(await send(asObject(body), world).catch(failed));
    return answer(reply, 200, answers);
  });
}

function failed(error: unknown): object {
  if (error instanceof PostmarkError) return { ErrorCode: error.code, Message: error.message };
  throw error;
}

async function send(body: JsonObject, world: MailWorld): Promise<object> {
  const { from, to } = check(body);
  const { active, inactive } = split(to, world);
  const messageId = randomUUID();
  const mail = await keptMail(body, { from, to: active, messageId, id: String(world.mailbox.nextId) });
  world.commit({ type: 'mail-received', mail });
  const Message =
    inactive.length === 0
      ? 'OK'
      : `Message OK, but will not deliver to these inactive addresses: ${inactive.join(', ')}`;
  return {
    ...{ To: body['To'], SubmittedAt: timeText(mail.at), MessageID: messageId, ErrorCode: 0, Message },
  };
}

function check(body: JsonObject): { from: string; to: string[] } {
  const [from = ''] = addressesIn(body, 'From');
  const to = ['To', 'Cc', 'Bcc'].flatMap((name) =>
    name === 'To' || body[name] ? addressesIn(body, name) : [],
  );
  if (to.length > MOST_RECIPIENTS) throw unprocessable(300, `Recipient limit is ${MOST_RECIPIENTS}.`);
  if (!asString(body['TextBody']) && !asString(body['HtmlBody'])) {
    throw unprocessable(300, 'Provide either email TextBody or HtmlBody or both.');
  }
  checkOptions(body);
  return { from, to: to.map((address) => address.toLowerCase()) };
}

/** Only when nobody is left is it refused. */
function split(to: readonly string[], { mailbox }: MailWorld): { active: string[]; inactive: string[] } {
  const inactive = to.filter((address) => mailbox.inactive.has(address));
  const active = to.filter((address) => !mailbox.inactive.has(address));
  if (active.length > 0) return { active, inactive };
  throw unprocessable(
    406,
    'You tried to send to recipient(s) that have been marked as inactive. ' +
      `Found inactive addresses: ${inactive.join(', ')}. ${INACTIVE}`,
  );
}

/** Names are written without commas, or in quotes. */
function addressesIn(body: JsonObject, name: string): string[] {
  const text = asString(body[name]) ?? '';
  const parts = text.replace(/"[^"]*"/g, '').split(',');
  return parts.map((part) => {
    const address = ADDRESS.exec(part)?.[1];
    if (!address) throw unprocessable(300, `Invalid '${name}' address: '${text}'.`);
    return address;
  });
}

function checkOptions(body: JsonObject): void {
  const metadata = Object.entries(asObject(body['Metadata']));
  const tooLong = metadata.some(([name, value]) => name.length > 20 || String(value).length > 80);
  if (metadata.length > 10 || tooLong) throw unprocessable(300, "Invalid 'Metadata'.");
  const stream = asString(body['MessageStream']) ?? 'outbound';
  if (stream !== 'outbound') {
    throw unprocessable(1235, `The message stream '${stream}' was not found on this server.`);
  }
}
