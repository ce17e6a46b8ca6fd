/** A submission as HubSpot keeps it; `submittedAt` in epoch milliseconds. */
export type Submission = {
  conversionId: string;
  submittedAt: number;
  values: { name: string; value: string; objectTypeId: string }[];
  pageUrl: string;
};

/** The forms of an account by their GUID, with what was submitted to them in the order of its arrival. */
export class Forms {
  private readonly byGuid = new Map<string, Submission[]>();

  define(guid: string): void {
    if (!this.byGuid.has(guid)) this.byGuid.set(guid, []);
  }

  add(guid: string, submission: Submission): void {
    this.define(guid);
    this.byGuid.get(guid)?.push(submission);
  }

  /** Newest first; undefined when there is no such form. */
  submissions(guid: string): Submission[] | undefined {
    return this.byGuid.get(guid)?.toSorted((a, b) => b.submittedAt - a.submittedAt);
  }

  all(): [string, Submission[]][] {
    return [...this.byGuid];
  }

  clear(): void {
    this.byGuid.clear();
  }
}
