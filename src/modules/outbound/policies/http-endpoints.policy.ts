import { outsideUrlProblem } from '../../../shared/connectors/outside-url.js';
import type { PolicyDefinition } from '../../../shared/policies/policy.js';
import type { EndpointsPolicy } from '../domain/http-endpoint.js';

const schema = {
  type: 'object',
  additionalProperties: false,
  required: ['endpoints'],
  properties: {
    endpoints: {
      type: 'object',
      maxProperties: 100,
      propertyNames: { pattern: '^[a-z0-9][a-z0-9-]{0,62}$' },
      additionalProperties: {
        type: 'object',
        additionalProperties: false,
        required: ['url'],
        properties: {
          url: { type: 'string', maxLength: 2_000 },
          // Secrets of other connectors must not sign what anybody may read.
          secret: { type: 'string', pattern: '^endpoints\\.[a-z0-9-]{1,60}$' },
          honoursKeyHours: { type: 'number', minimum: 0, maximum: 720 },
          timeoutMs: { type: 'integer', minimum: 500, maximum: 10_000 },
          perSecond: { type: 'integer', minimum: 1, maximum: 100 },
          resultPointer: { type: 'string', maxLength: 500, pattern: '^(/([^~/]|~[01])*)*$' },
          headers: {
            type: 'object',
            maxProperties: 20,
            // What names, signs or frames a request is not the policy's; a secret belongs into no policy.
            propertyNames: { pattern: '^x-[a-z0-9-]{1,60}$' },
            additionalProperties: { type: 'string', maxLength: 1_000, pattern: '^[\\x20-\\x7e]*$' },
          },
        },
      },
    },
  },
};

/** The policy's name, and what ships with the product: no endpoint. */
export const httpEndpoints = {
  name: 'http-endpoints',
  initial: { endpoints: {} } as EndpointsPolicy,
} as const;

/** Which systems may be called, and how. @param privateOrigins origins of this network that may be called, too */
export function httpEndpointsPolicy(privateOrigins: ReadonlySet<string>): PolicyDefinition<EndpointsPolicy> {
  return {
    ...httpEndpoints,
    title: 'HTTP endpoints',
    schema,
    check: ({ endpoints }) =>
      Object.entries(endpoints).flatMap(([name, { url }]) => {
        const problem = outsideUrlProblem(url, privateOrigins);
        return problem === undefined ? [] : [`the url of ${name} ${problem}`];
      }),
  };
}
