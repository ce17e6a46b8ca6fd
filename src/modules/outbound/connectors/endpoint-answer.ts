import type { HttpAnswer } from '../../../shared/connectors/bounded-http.js';
import { parseJsonBounded } from '../../../shared/http/parse-json.js';
import type { EndpointCallResult } from '../contracts.js';
import { valueAt } from '../domain/http-endpoint.js';

const longestText = 10_000;
/** Of what is kept, as JSON: it goes into the ledger and into the run. */
const mostKept = 64 * 1024;

type Answered = Pick<EndpointCallResult, 'body' | 'complete'>;
const lost: Answered = { body: null, complete: false };

/**
 * What is kept of the answer to a call that was carried out. Nothing in it can fail the call: what cannot be read is
 * missing, and `complete` says so.
 */
export function readAnswer({ headers, body }: HttpAnswer, pointer: string | undefined): Answered {
  if (body === '') return { body: null, complete: pointer === undefined };
  // Compressed in spite of `accept-encoding: identity`: it is not unpacked, for what it would become has no bound.
  if (!['', 'identity'].includes((headers['content-encoding'] ?? '').toLowerCase())) return lost;
  const type = headers['content-type'] ?? '';
  if (!/^[^/;\s]+\/(?:[^/;\s]+\+)?json\s*(?:;|$)/i.test(type)) return textOf(body, pointer);
  try {
    const value = parseJsonBounded(Buffer.from(body), { maxKeys: 5_000 });
    const kept = pointer === undefined ? value : valueAt(value, pointer);
    if (kept === undefined || JSON.stringify(kept).length > mostKept) return lost;
    return { body: kept, complete: true };
  } catch {
    return lost;
  }
}

function textOf(body: string, pointer: string | undefined): Answered {
  if (pointer !== undefined) return lost;
  return { body: body.replaceAll('\u0000', '').slice(0, longestText), complete: body.length <= longestText };
}
