import { Injectable } from '@nestjs/common';

/** Rows that serve no more after a time. Names and columns are ours, never from outside. */
export interface RowPurge {
  /** `flow.kept_events` */
  readonly table: string;
  /** The columns of its primary key, comma-separated. */
  readonly key: string;
  /** The column whose time counts; it needs an index. */
  readonly at: string;
  /** An interval of PostgreSQL: `35 days`. */
  readonly after: string;
}

/** What is past its time and where: each context adds its own, and housekeeping removes it. */
@Injectable()
export class Purges {
  private readonly rowPurges: RowPurge[] = [];
  private readonly parents: string[] = [];

  addRows(...purges: readonly RowPurge[]): void {
    this.rowPurges.push(...purges);
  }

  /** Tables of `storage.partitioned_tables` whose partitions go as a whole, once all of one is older than its `keep`. */
  addPartitions(...parents: readonly string[]): void {
    this.parents.push(...parents);
  }

  get rows(): readonly RowPurge[] {
    return this.rowPurges;
  }

  get partitions(): readonly string[] {
    return this.parents;
  }
}
