import { CommandHandler } from '@nestjs/cqrs';
import { UseCase, type HandlerContext, type HandlerOutcome } from '../../../shared/messaging/handler.js';
import { PolicyStore } from '../../../shared/policies/policy-store.js';
import { Endpoints } from '../connectors/endpoints.js';
import { CallEndpoint, EndpointCalled, type EndpointCallResult } from '../contracts.js';
import { endpointOf } from '../domain/http-endpoint.js';
import { httpEndpoints } from '../policies/http-endpoints.policy.js';

/**
 * Calls an endpoint once. What may have been sent is sent again only while the endpoint knows its key; what it has done
 * cannot be looked up, so otherwise a person decides.
 */
@CommandHandler(CallEndpoint)
export class CallEndpointHandler extends UseCase<CallEndpoint> {
  constructor(
    private readonly endpoints: Endpoints,
    private readonly policies: PolicyStore,
  ) {
    super();
  }

  async run(
    { endpoint: name, data }: CallEndpoint,
    { effect, now, signal }: HandlerContext,
  ): Promise<HandlerOutcome<EndpointCallResult>> {
    const policy = await this.policies.active(httpEndpoints);
    const endpoint = endpointOf(policy.body, name);
    const { reference, plannedAt: at } = effect;

    const result = await effect.perform<undefined, EndpointCallResult>({
      look: async () => undefined,
      describe: () => `call the endpoint ${name}`,
      ...(endpoint.keyHonouredMs > 0 && { keyHonouredMs: endpoint.keyHonouredMs }),
      send: () => this.endpoints.call(endpoint, { type: 'signalbox.call', reference, at, data }, now, signal),
      pretend: () => ({ reference, status: 200, body: null, complete: false }),
      providerId: () => undefined,
    });

    const { status, complete } = result;
    const called = new EndpointCalled({
      ...{ endpoint: name, reference, status, complete },
      policyVersion: policy.version,
    });
    return { result, events: [{ message: called, subject: `endpoint:${name}` }] };
  }
}
