import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { asAmount, asObject, asString } from '../../core/json.ts';
import { bounceTypes } from './events.ts';
import type { Bounce, BounceType, KeptMail } from './events.ts';
import { bounceHook, post, replyHook, reportHook } from './hooks.ts';
import type { HookTarget } from './hooks.ts';
import type { MailWorld } from './mailbox.ts';
import { rawOf, readMime } from './mime.ts';
import { renderList, renderMail } from './pages.ts';

const LISTED = 200;
const PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

/** Admin routes of the mailbox: look at mails, let them bounce or be answered. */
export function mailAdminRoutes(app: FastifyInstance, world: MailWorld, smtpUrl: () => string): void {
  const { mailbox, settings } = world;

  app.get('/', () => ({
    smtpUrl: smtpUrl(),
    mails: mailbox.mails.size,
    inactive: [...mailbox.inactive.keys()],
  }));

  app.get('/mails', (request, reply) => {
    const all = mailbox.list(asString(asObject(request.query)['to']));
    const shown = all.slice(0, LISTED);
    if (wantsPage(request)) return page(reply, renderList(shown, all.length));
    return { total: all.length, results: shown.map(summary) };
  });

  app.get('/mails/:id', async (request, reply) => {
    const mail = find(world, request);
    if (!mail) return unknown(reply);
    const read = await readMime(rawOf(mail));
    if (wantsPage(request)) return page(reply, renderMail(mail, read));
    return { ...summary(mail), ...read, postmark: mail.postmark };
  });

  app.get('/mails/:id/raw', (request, reply) => {
    const mail = find(world, request);
    if (!mail) return unknown(reply);
    return reply.header('content-type', 'text/plain; charset=utf-8').send(rawOf(mail));
  });

  hookRoutes(app, world);

  app.get('/settings', () => settings);

  app.put('/settings', (request, reply) => {
    const body = asObject(request.body);
    const { indexLagMs = settings.indexLagMs, tokenSeconds = settings.tokenSeconds } = body;
    const { requireAuth = settings.requireAuth } = body;
    const amounts = [asAmount(indexLagMs), asAmount(tokenSeconds)];
    if (amounts.includes(undefined) || typeof requireAuth !== 'boolean') {
      const message = 'indexLagMs and tokenSeconds are numbers from 0, requireAuth is true or false';
      return reply.code(400).send({ message });
    }
    return Object.assign(settings, { indexLagMs, tokenSeconds, requireAuth });
  });
}

/** `{url, user, password}` and what is to come back: of the mail, by the provider's own webhook. */
function hookRoutes(app: FastifyInstance, world: MailWorld): void {
  app.post('/mails/:id/bounce', async (request, reply) => {
    const mail = find(world, request);
    if (!mail) return unknown(reply);
    const body = asObject(request.body);
    const type = (asString(body['type']) ?? 'HardBounce') as BounceType;
    if (!bounceTypes.includes(type))
      return reply.code(400).send({ message: `type is ${bounceTypes.join(', ')}` });
    const email = (mail.to[0] ?? '').toLowerCase();
    const bounce: Bounce = { id: world.mailbox.nextId, type, at: Date.now(), email, mailId: mail.id };
    world.commit({ type: 'bounced', bounce });
    const isReport = asString(body['format']) === 'mime';
    const hook = isReport ? await reportHook(mail, bounce) : bounceHook(world, bounce);
    return { bounce, answer: await post(targetOf(body), hook) };
  });

  app.post('/mails/:id/reply', async (request, reply) => {
    const mail = find(world, request);
    if (!mail) return unknown(reply);
    const body = asObject(request.body);
    const hook = await replyHook(mail, {
      from: asString(body['from']) ?? mail.to[0] ?? '',
      text: asString(body['text']) ?? 'Thank you.',
      format: body['format'] === 'postmark' ? 'postmark' : 'mime',
    });
    return { answer: await post(targetOf(body), hook) };
  });
}

function targetOf(body: Record<string, unknown>): HookTarget {
  const text = (name: string): string => asString(body[name]) ?? '';
  return { url: text('url'), user: text('user'), password: text('password') };
}

const find = ({ mailbox }: MailWorld, { params }: FastifyRequest): KeptMail | undefined =>
  mailbox.mails.get((params as { id: string }).id);

const unknown = (reply: FastifyReply): FastifyReply => reply.code(404).send({ message: 'no such mail' });

const wantsPage = (request: FastifyRequest): boolean =>
  request.headers.accept?.includes('text/html') ?? false;

function page(reply: FastifyReply, text: string): FastifyReply {
  reply.header('content-type', 'text/html; charset=utf-8').header('content-security-policy', PAGE_POLICY);
  return reply.send(text);
}

const summary = ({ id, at, via, from, to, messageId, subject }: KeptMail): object => ({
  ...{ id, at: new Date(at).toISOString(), via, from, to, messageId, subject },
  raw: `/_sandbox/mail/mails/${id}/raw`,
});
