import 'reflect-metadata';
import { createHmac, timingSafeEqual } from 'node:crypto';
import { Controller, HttpCode, Module, Post, Req } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** A genuine request on its way into whatever a floor does with it. */
export interface Genuine {
  readonly id: string;
  readonly body: Buffer;
}

export interface FloorOrder {
  readonly secret: string;
  readonly databaseUrl: string;
}

interface RawRequest {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

/**
 * The least that accepting a signed request costs with Nest on Fastify: the raw bytes, their HMAC, and `keep`.
 * Node runs this file as it is, so the decorators are called instead of written.
 */
export async function serveFloor(secret: string, keep: (genuine: Genuine) => Promise<string>): Promise<void> {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  class Webhooks {
    async accept(request: RawRequest): Promise<{ id: string; duplicate: boolean }> {
      return { id: await keep(verified(request, key)), duplicate: false };
    }
  }
  decorate(Webhooks);
  class Root {}
  Module({ controllers: [Webhooks] })(Root);
  const adapter = new FastifyAdapter();
  const fastify = adapter.getInstance();
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', { parseAs: 'buffer' }, async (_request: unknown, body: Buffer) => body);
  const options = { bodyParser: false, logger: false } as const;
  const app = await NestFactory.create<NestFastifyApplication>(Root, adapter, options);
  await app.listen(Number(process.env['PORT']), '127.0.0.1');
  process.stdout.write('ready\n');
}

function decorate(type: new () => { accept: unknown }): void {
  const prototype = type.prototype as object;
  const descriptor = Object.getOwnPropertyDescriptor(prototype, 'accept') as TypedPropertyDescriptor<unknown>;
  Controller('webhooks')(type);
  Post('forms/:form')(prototype, 'accept', descriptor);
  HttpCode(202)(prototype, 'accept', descriptor);
  Req()(prototype, 'accept', 0);
}

function verified({ headers, body }: RawRequest, key: Buffer): Genuine {
  const id = headers['webhook-id'] ?? '';
  const given = Buffer.from((headers['webhook-signature'] ?? '').slice(3), 'base64');
  const expected = createHmac('sha256', key)
    .update(`${id}.${headers['webhook-timestamp']}.`)
    .update(body)
    .digest();
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw new Error('not genuine');
  return { id, body };
}
