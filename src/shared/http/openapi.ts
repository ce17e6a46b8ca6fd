import { Injectable, type INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { problemType } from './problem.js';

export interface OpenApiOptions {
  readonly version: string;
  /** The address that callers use. */
  readonly publicUrl: string;
}

/** Paths that no controller states by itself: a context adds them when it starts. */
@Injectable()
export class OpenApiPaths {
  private readonly items = new Map<string, OpenAPIObject['paths'][string]>();

  add(path: string, item: OpenAPIObject['paths'][string]): void {
    this.items.set(path, item);
  }

  get all(): OpenAPIObject['paths'] {
    return Object.fromEntries(this.items);
  }
}

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Schema = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>[string];

const scheme = 'apiKey';
const methods = ['get', 'put', 'post', 'delete', 'patch'] as const;
const adminProblems = {
  '400': 'Malformed, or some values are not acceptable',
  '401': 'No valid API key',
  '403': 'The key does not allow this',
  '404': 'There is no such thing',
  '409': 'In conflict with the present state',
  '422': 'Understood, and not possible',
  '429': 'Too many requests',
  '500': 'The server failed',
  '503': 'Not now; see Retry-After',
} as const;

/** Serves the documentation at `/docs` and the document at `/docs/openapi.json`. */
export function setupOpenApi(app: INestApplication, options: OpenApiOptions): void {
  let document: OpenAPIObject | undefined;
  SwaggerModule.setup('docs', app, () => (document ??= buildDocument(app, options)), {
    jsonDocumentUrl: 'docs/openapi.json',
    raw: ['json'],
    customSiteTitle: 'Signalbox API',
  });
}

/** The OpenAPI document (3.1) of all controllers. */
export function buildDocument(app: INestApplication, options: OpenApiOptions): OpenAPIObject {
  const base = new DocumentBuilder()
    .setTitle('Signalbox')
    .setVersion(options.version)
    .setOpenAPIVersion('3.1.0')
    .addServer(options.publicUrl)
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'An API key: `sbx_<id>_<secret>`' }, scheme)
    .build();
  const document = SwaggerModule.createDocument(app, base, {
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
  });
  document.paths = { ...document.paths, ...app.get(OpenApiPaths, { strict: false }).all };
  document.components = { ...document.components };
  document.components.schemas = { ...document.components.schemas, Problem: problemSchema };
  document.components.responses = Object.fromEntries(
    Object.entries(adminProblems).map(([status, description]) => [
      `Problem${status}`,
      { description, content: { [problemType]: { schema: { $ref: '#/components/schemas/Problem' } } } },
    ]),
  );
  for (const [path, item] of Object.entries(document.paths)) {
    if (!path.startsWith('/admin/')) continue;
    for (const method of methods) if (item[method]) describeAdmin(item[method], method !== 'get');
  }
  return document;
}

/** What every admin operation has in common, so that no controller repeats it. */
function describeAdmin(operation: Operation, isWriting: boolean): void {
  operation.security = [{ [scheme]: [] }];
  for (const status of Object.keys(adminProblems)) {
    operation.responses[status] ??= { $ref: `#/components/responses/Problem${status}` };
  }
  if (!isWriting) return;
  operation.parameters = [...(operation.parameters ?? []), idempotencyKey];
}

const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'The same request under the same key is done once and answered the same for 30 days.',
  schema: { type: 'string', maxLength: 255 },
} as const;

const problemSchema: Schema = {
  type: 'object',
  description: 'An unsuccessful answer (RFC 9457)',
  required: ['type', 'title', 'status', 'code', 'correlationId'],
  properties: {
    type: { type: 'string', format: 'uri-reference' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string', description: 'Stable: what programs should look at' },
    correlationId: { type: 'string', description: 'Finds the request in the logs' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['pointer', 'message'],
        properties: { pointer: { type: 'string', description: 'RFC 6901' }, message: { type: 'string' } },
      },
    },
    details: { type: 'object', additionalProperties: true },
  },
};
