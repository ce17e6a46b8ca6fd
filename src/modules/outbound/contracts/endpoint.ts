import { IsBoolean, IsInt, IsObject, IsString, MaxLength } from 'class-validator';
import { Command, CommandType, Event } from '../../../shared/kernel/message.js';

export interface EndpointCallResult {
  /**
   * What the call is known by, at the endpoint too (`Idempotency-Key`, `webhook-id`, `resume.key`). An endpoint that
   * answers later does so by a CloudEvent that has it as its subject: a flow waits for that.
   */
  reference: string;
  /** 200 to 299. */
  status: number;
  /** JSON, or a text where the answer is none; the part that the policy points at. Null when there is none. */
  body: unknown;
  /** False: the call was carried out, and its answer was lost, too large or not readable. */
  complete: boolean;
}

/** Calls an endpoint that the policy `http-endpoints` names: signed, and under a key that is the same for all retries. */
@CommandType<CallEndpoint>('outbound.call-endpoint.v1', {
  effect: { connector: 'http', class: 'hold', target: ({ endpoint }) => endpoint },
})
export class CallEndpoint extends Command<EndpointCallResult> {
  /** Its name in the policy. */
  @IsString()
  @MaxLength(63)
  endpoint: string;

  /** JSON, at most 64 KiB. */
  @IsObject()
  data: object;
}

/** An endpoint took a call. What it answered stays with the run. */
@Event('outbound.endpoint-called.v1')
export class EndpointCalled {
  @IsString()
  @MaxLength(63)
  endpoint: string;

  @IsString()
  @MaxLength(64)
  reference: string;

  @IsInt()
  status: number;

  @IsBoolean()
  complete: boolean;

  @IsInt()
  policyVersion: number;

  constructor(init: EndpointCalled) {
    Object.assign(this, init);
  }
}
