import { Injectable } from '@nestjs/common';
import { Database } from '../../../shared/database/database.js';

/** A scan as it is kept. */
export interface ScanRow {
  readonly name: string;
  readonly lastAt: Date | null;
  readonly lastResult: Record<string, unknown> | null;
  readonly failures: number;
}

const columns = `name, last_at as "lastAt", last_result as "lastResult", failures`;

/**
 * When scans run next, and who runs them now. The lease is by the database's clock; when a scan is due, by the clock of
 * the application, which tests move.
 */
@Injectable()
export class ScanRows {
  constructor(private readonly database: Database) {}

  async install(name: string, everySeconds: number): Promise<void> {
    await this.database.query(
      `insert into billing.scans (name, every_seconds) values ($1, $2) on conflict do nothing`,
      [name, everySeconds],
    );
  }

  async find(name: string): Promise<ScanRow | undefined> {
    const [row] = await this.database.query<ScanRow>(`select ${columns} from billing.scans where name = $1`, [
      name,
    ]);
    return row;
  }

  /** Leases a scan that is due. @returns whether this process has it now */
  async claim(name: string, owner: string, now: Date, leaseSeconds: number): Promise<boolean> {
    const rows = await this.database.query(
      `update billing.scans set owner = $2, lease_expires_at = now() + make_interval(secs => $4)
       where name = $1 and next_at <= $3 and (lease_expires_at is null or lease_expires_at < now()) returning name`,
      [name, owner, now, leaseSeconds],
    );
    return rows.length > 0;
  }

  /** Keeps the lease. @returns whether this process still holds it */
  async renew(name: string, owner: string, leaseSeconds: number): Promise<boolean> {
    const rows = await this.database.query(
      `update billing.scans set lease_expires_at = now() + make_interval(secs => $3)
       where name = $1 and owner = $2 returning name`,
      [name, owner, leaseSeconds],
    );
    return rows.length > 0;
  }

  /** Ends a round: the next one after the scan's own time; after failures sooner, and then ever later up to that. */
  async finish(
    name: string,
    owner: string,
    { now, failed, result }: { now: Date; failed: boolean; result: Record<string, unknown> },
  ): Promise<void> {
    await this.database.query(
      `update billing.scans set owner = null, lease_expires_at = null, last_at = $3, last_result = $5,
         failures = case when $4 then failures + 1 else 0 end,
         next_at = $3::timestamptz + make_interval(secs => case when $4
           then least(every_seconds, 60 * 2 ^ least(failures, 10)) else every_seconds end)
       where name = $1 and owner = $2`,
      [name, owner, now, failed, JSON.stringify(result)],
    );
  }
}
