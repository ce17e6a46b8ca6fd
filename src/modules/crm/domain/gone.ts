import { CodedError } from '../../../shared/kernel/coded-error.js';
import { RecordGone } from '../crm.errors.js';

/** The outcome of a write, or this one when what is written to has gone: that is an answer, and nobody's mistake. */
export async function unlessGone<T>(work: Promise<T>, gone: T): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof CodedError && error.code === RecordGone.code) return gone;
    throw error;
  }
}
