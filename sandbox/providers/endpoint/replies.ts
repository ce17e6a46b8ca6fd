import { randomUUID } from 'node:crypto';
import { asAmount, asObject, asString, isObject } from '../../core/json.ts';
import { sign } from './standard-webhooks.ts';

/** How calls that name a key to resume by are answered later. */
export type ReplyPlan = {
  /** Where to; the `resume.url` of the call when absent. */
  url?: string;
  secret: string;
  delayMs: number;
  source: string;
  type: string;
  data: unknown;
};

export type Reply = {
  at: number;
  url: string;
  id: string;
  subject: string;
  status: number;
  problem?: string;
};

const KEPT = 200;
const SOURCE = '/sandbox/endpoint';

/** Reads `{url?, secret, delayMs?, source?, type?, data?}`; returns what is wrong with it. */
export function readPlan(input: unknown): ReplyPlan | string {
  if (!isObject(input)) return 'a reply is an object';
  const secret = asString(input['secret']);
  const url = asString(input['url']);
  if (!secret?.startsWith('whsec_')) return 'secret begins with whsec_';
  if (url !== undefined && !/^https?:\/\//.test(url)) return 'url begins with http:// or https://';
  return {
    ...(url !== undefined && { url }),
    secret,
    delayMs: asAmount(input['delayMs']) ?? 0,
    source: asString(input['source']) ?? SOURCE,
    type: asString(input['type']) ?? 'com.example.answered',
    data: input['data'] ?? { approved: true },
  };
}

/** Posts signed CloudEvents (structured mode), as a workflow tool does that was asked to do something and is done. */
export class Replies {
  plan: ReplyPlan | undefined;
  sent: Reply[] = [];

  /** Answers a call that was carried out, later, as planned. */
  answer(body: unknown): void {
    const { plan } = this;
    const resume = asObject(asObject(body)['resume']);
    const subject = asString(resume['key']);
    const url = plan?.url ?? asString(resume['url']);
    if (!plan || subject === undefined || url === undefined) return;
    setTimeout(() => void this.send(url, plan, subject), plan.delayMs).unref();
  }

  /** Posts one now. An answer is no reason to try again; `status` 0 is none. */
  async send(url: string, plan: ReplyPlan, subject: string, id: string = randomUUID()): Promise<Reply> {
    const { source, type, data } = plan;
    const event = { specversion: '1.0', id, source, type, subject, time: new Date() };
    const body = JSON.stringify({ ...event, datacontenttype: 'application/json', data });
    const headers = { 'content-type': 'application/cloudevents+json', ...sign(body, id, plan.secret) };
    const reply: Reply = { at: Date.now(), url, id, subject, status: 0 };
    try {
      const answer = await fetch(url, { method: 'POST', headers, body, redirect: 'manual' });
      reply.status = answer.status;
      await answer.body?.cancel();
    } catch (error) {
      reply.problem = String(error);
    }
    this.sent = [...this.sent, reply].slice(-KEPT);
    return reply;
  }

  clear(): void {
    this.plan = undefined;
    this.sent = [];
  }
}
