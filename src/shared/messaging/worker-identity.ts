import { hostname } from 'node:os';
import { Injectable } from '@nestjs/common';
import { newId } from '../kernel/ids.js';

/** Who this process is to others: the owner of its leases. New at every start, so that no lease is inherited. */
@Injectable()
export class WorkerIdentity {
  readonly id = newId();
  readonly name = `${hostname()}:${process.pid}`;
}
