import { Injectable, type OnModuleInit, type Provider } from '@nestjs/common';
import { Connections } from '../../shared/connectors/connections.js';
import { resolveAll } from '../../shared/connectors/outside-guard.js';
import { RateStore } from '../../shared/connectors/rate-bucket.js';
import { Clock } from '../../shared/kernel/clock.js';
import { LaneGates } from '../../shared/messaging/lane-gates.js';
import { PolicyStore } from '../../shared/policies/policy-store.js';
import { SecretStore } from '../../shared/secrets/secret-store.js';
import { Endpoints } from './connectors/endpoints.js';
import { EndpointsConnection } from './connectors/endpoints-connection.js';
import { SignedEndpoints } from './connectors/signed-endpoints.js';
import { httpEndpoints, httpEndpointsPolicy } from './policies/http-endpoints.policy.js';
import { CallEndpointHandler } from './use-cases/call-endpoint.js';

/** Which origins of this network endpoints may have. */
export class PrivateOrigins {
  constructor(readonly origins: ReadonlySet<string>) {}
}

/** Installs the policy, and makes endpoints known to those who connect providers. */
@Injectable()
class ConnectableEndpoints implements OnModuleInit {
  constructor(
    private readonly policies: PolicyStore,
    private readonly connections: Connections,
    private readonly connection: EndpointsConnection,
    private readonly inside: PrivateOrigins,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.policies.install([httpEndpointsPolicy(this.inside.origins)]);
    this.connections.add(this.connection);
  }
}

/** What the context needs to call endpoints, besides `PrivateOrigins`. */
export const endpointParts: readonly Provider[] = [
  CallEndpointHandler,
  ConnectableEndpoints,
  {
    provide: Endpoints,
    inject: [SecretStore, RateStore, LaneGates, PrivateOrigins],
    useFactory: (
      secrets: SecretStore,
      rates: RateStore,
      gates: LaneGates,
      { origins: privateOrigins }: PrivateOrigins,
    ) => new SignedEndpoints({ secrets: (name) => secrets.valid(name), rates, gates, privateOrigins }),
  },
  {
    provide: EndpointsConnection,
    inject: [Endpoints, PolicyStore, SecretStore, PrivateOrigins, Clock],
    useFactory: (
      endpoints: Endpoints,
      policies: PolicyStore,
      secrets: SecretStore,
      { origins: privateOrigins }: PrivateOrigins,
      clock: Clock,
    ) =>
      new EndpointsConnection({
        ...{ endpoints, privateOrigins, clock, resolve: resolveAll },
        policy: async () => (await policies.active(httpEndpoints)).body,
        secrets: (name) => secrets.valid(name),
      }),
  },
];
