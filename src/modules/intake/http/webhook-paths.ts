import type { OpenApiPaths } from '../../../shared/http/openapi.js';
import { problemType } from '../../../shared/http/problem.js';
import type { Channel } from '../channels/channel.js';

const problem = { content: { [problemType]: { schema: { $ref: '#/components/schemas/Problem' } } } };
const receipt = {
  type: 'object',
  required: ['id', 'duplicate'],
  properties: {
    id: {
      type: 'string',
      format: 'uuid',
      description: 'That of the first request when this is a duplicate.',
    },
    duplicate: { type: 'boolean' },
  },
};

/** States in the OpenAPI document where each channel is, what it takes, and how it answers. */
export function describeWebhooks(channels: readonly Channel[], paths: OpenApiPaths): void {
  const byPath = Map.groupBy(channels, ({ path }) => path);
  for (const [path, sharing] of byPath) {
    paths.add(`/webhooks/${path.replace(':source', '{source}')}`, {
      ...(path.includes(':source') && { parameters: [source] }),
      post: operationOf(sharing),
      ...(sharing.some((channel) => 'greet' in channel) && { get: greetingOf(sharing) }),
    });
  }
}

const source = {
  name: 'source',
  in: 'path',
  required: true,
  schema: { type: 'string', maxLength: 63 },
} as const;

function operationOf(sharing: readonly Channel[]) {
  const mediaTypes = [...new Set(sharing.flatMap((channel) => channel.mediaTypes))];
  const schema = { type: 'string', format: 'binary' };
  const taken = Map.groupBy(sharing, ({ answer }) => answer.taken);
  const answers = [...taken].map(([status, [one]]) => {
    const content = one?.answer.body === 'receipt' && {
      content: { 'application/json': { schema: receipt } },
    };
    return [String(status), { description: 'Durable, or a duplicate of what is', ...content }];
  });
  return {
    tags: ['webhooks'],
    operationId: `take-${sharing.map(({ name }) => name).join('-')}`,
    summary: `What ${sharing.map(({ title }) => title).join(', ')} sends`,
    requestBody: {
      required: true,
      content: Object.fromEntries(mediaTypes.map((type) => [type, { schema }])),
    },
    responses: {
      ...(Object.fromEntries(answers) as Record<string, { description: string }>),
      400: { description: 'Genuine, and its content cannot be read; it is kept', ...problem },
      401: { description: 'Not genuine, or outside the replay window; nothing is kept', ...problem },
      404: { description: 'No such source, or the channel is closed', ...problem },
      413: { description: 'Too large', ...problem },
      415: { description: 'Another media type, charset or content encoding', ...problem },
      429: { description: 'Too many requests; see Retry-After', ...problem },
      503: { description: 'It could not be made durable; see Retry-After', ...problem },
    },
  };
}

function greetingOf(sharing: readonly Channel[]) {
  return {
    tags: ['webhooks'],
    operationId: `greet-${sharing.map(({ name }) => name).join('-')}`,
    summary: 'The provider’s handshake',
    responses: {
      200: { description: 'The challenge', content: { 'text/plain': { schema: { type: 'string' } } } },
      403: { description: 'Another token', ...problem },
    },
  };
}
