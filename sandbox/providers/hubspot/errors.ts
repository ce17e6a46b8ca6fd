import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../../core/json.ts';
import type { Problem } from './property-rules.ts';

/** An error as HubSpot answers it. */
export class HubspotError extends Error {
  readonly status: number;
  readonly body: JsonObject;

  constructor(status: number, body: JsonObject) {
    super(String(body['message']));
    this.status = status;
    this.body = body;
  }
}

export function errorBody(category: string, message: string, rest: JsonObject = {}): JsonObject {
  return { status: 'error', message, correlationId: randomUUID(), category, ...rest };
}

export const badRequest = (message: string, rest: JsonObject = {}): HubspotError =>
  new HubspotError(400, errorBody('VALIDATION_ERROR', message, rest));

export const notFound = (): HubspotError =>
  new HubspotError(404, errorBody('OBJECT_NOT_FOUND', 'resource not found'));

export const contactExists = (id: string): HubspotError =>
  new HubspotError(409, errorBody('CONFLICT', `Contact already exists. Existing ID: ${id}`));

export const objectsNotFound = (kind: string, ids: string[]): HubspotError =>
  new HubspotError(
    404,
    errorBody('OBJECT_NOT_FOUND', `Could not find some ${kind}: ${ids.join(', ')}`, { context: { ids } }),
  );

export function missingProperties(singular: string, names: string[]): HubspotError {
  const message = `Error creating ${singular.toUpperCase()}. Some required properties were not set.`;
  const errors = names.map((name) => ({
    message: `${name} is required`,
    code: 'REQUIRED_PROPERTY',
    context: { propertyName: [name] },
  }));
  return badRequest(message, { context: { properties: names }, errors });
}

export function conflictingValue(property: string, owner: string): HubspotError {
  const message = `The value of ${property} is already taken by ${owner}`;
  return invalidValues([{ property, code: 'CONFLICTING_UNIQUE_VALUE', message }]);
}

export const unauthenticatedBody = (): JsonObject =>
  errorBody(
    'INVALID_AUTHENTICATION',
    'Authentication credentials not found. This API supports OAuth 2.0 authentication.',
  );

/** @param scopes of which one was missing */
export const missingScopesBody = (scopes = ['crm.objects.contacts.write']): JsonObject =>
  errorBody('MISSING_SCOPES', "This app hasn't been granted all required scopes to make this call.", {
    errors: [
      {
        message: 'One or more of the following scopes are required.',
        context: { requiredGranularScopes: scopes },
      },
    ],
  });

export type Policy = 'TEN_SECONDLY_ROLLING' | 'DAILY' | 'SECONDLY';

/** HubSpot's 429 has an `errorType` where other errors have a category; `category` is sent too, as its schema asks. */
export function rateLimitBody(policy: Policy): JsonObject {
  const message = `You have reached your ${policy.toLowerCase()} limit.`;
  const rest = { errorType: 'RATE_LIMIT', policyName: policy, requestId: randomUUID() };
  return errorBody('RATE_LIMITS', message, rest);
}

/** The one answer for a write whose values are not acceptable. */
export function invalidValues(problems: Problem[]): HubspotError {
  const details = problems.map(({ property, code, message }) => ({
    isValid: false,
    message,
    error: code,
    name: property,
  }));
  return badRequest(`Property values were not valid: ${JSON.stringify(details)}`, {
    errors: problems.map(({ property, code, message }) => ({
      message,
      code,
      context: { propertyName: [property] },
    })),
  });
}

/** One entry of `errors` in a 207; `context` says which input it is about. */
export function itemError(
  category: string,
  message: string,
  context: Record<string, string[]>,
  problems: Problem[] = [],
): JsonObject {
  const errors = problems.map((problem) => ({
    message: problem.message,
    code: problem.code,
    in: problem.property,
  }));
  return { status: 'error', category, message, context, errors, links: {} };
}
