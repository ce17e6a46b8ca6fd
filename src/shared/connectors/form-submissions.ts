import { Injectable } from '@nestjs/common';

/** What a person submitted to a form that a provider hosts. */
export interface ProviderSubmission {
  /** Unique in the form, and the same whenever it is asked for. */
  readonly id: string;
  /** When it was submitted, in epoch milliseconds. */
  readonly at: number;
  /** A name comes several times where several values were chosen. */
  readonly values: readonly { readonly name: string; readonly value: string }[];
  readonly pageUrl?: string;
}

export interface SubmissionsPage {
  /** Newest first. */
  readonly submissions: readonly ProviderSubmission[];
  /** Where the older ones begin; absent when there are none. */
  readonly next?: string;
}

/** A provider that hosts forms and can be asked for what was submitted to one. */
export interface SubmissionsSource {
  /** `hubspot` */
  readonly provider: string;
  /** @param after what the last page gave as `next` @throws CodedError; of kind `permanent` when there is no such form */
  page(formId: string, after: string | undefined, signal: AbortSignal): Promise<SubmissionsPage>;
}

/** Where forms of providers are read: a connector's context adds one, and the one that knows the forms asks. */
@Injectable()
export class SubmissionsSources {
  private readonly byProvider = new Map<string, SubmissionsSource>();

  /** @throws Error when the provider has one */
  add(source: SubmissionsSource): void {
    if (this.byProvider.has(source.provider))
      throw new Error(`${source.provider} has two sources of submissions`);
    this.byProvider.set(source.provider, source);
  }

  get(provider: string): SubmissionsSource | undefined {
    return this.byProvider.get(provider);
  }
}
