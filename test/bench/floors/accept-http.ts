import { serveFloor } from './accept-app.ts';

/** Floor: Nest on Fastify and the HMAC over the raw bytes, nothing kept. */
await serveFloor(process.env['FLOOR_SECRET'] ?? '', async ({ id }) => id);
