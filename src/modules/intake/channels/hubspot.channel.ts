import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { parseJsonBounded } from '../../../shared/http/parse-json.js';
import { OutsideReplayWindow, PayloadRefused, SignatureMissing, SignatureRefused } from '../intake.errors.js';
import type {
  Channel,
  Draft,
  Genuine,
  InboundRequest,
  Secrets,
  SignedDraft,
  SignOptions,
  Update,
} from './channel.js';
import { hubspotUpdate } from './hubspot-events.js';
import { base64Bytes, fitsAny, hmac, textKey } from './signatures.js';

const secretName = 'hubspot.client-secret';
/** HubSpot sends up to 100. */
const mostEvents = 1_000;

/**
 * Webhooks of a HubSpot app by the third version of its signature, over method, address, raw body and time
 * (https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation). The
 * first two versions, which HubSpot sends beside it, are plain hashes that anyone may send again: they are not looked at.
 */
@Injectable()
export class HubspotChannel implements Channel {
  readonly name = 'hubspot';
  readonly path = 'hubspot';
  readonly title = 'HubSpot';
  readonly mediaTypes = ['application/json'];
  readonly secrets = [secretName] as const;
  readonly answer = { taken: 200, body: 'receipt', unreadable: 'take', busy: 503 } as const;
  readonly replayWindow = 300;

  verify({ method, url, headers, body, receivedAt }: InboundRequest, secrets: Secrets): Genuine {
    const signature = headers['x-hubspot-signature-v3'];
    const time = headers['x-hubspot-request-timestamp'];
    if (!signature || !time || !/^\d{1,16}$/.test(time)) throw SignatureMissing();
    const age = receivedAt.getTime() - Number(time);
    if (Math.abs(age) > this.replayWindow * 1000) throw OutsideReplayWindow();
    const head = `${method}${signedAddress(url)}`;
    const expected = secrets(secretName).map((secret) => hmac(textKey(secret), head, body, time));
    if (!fitsAny([base64Bytes(signature)], expected)) throw SignatureRefused();
    return {};
  }

  /** Each event by itself; one that is sent without an array is taken as one. */
  read({ body }: InboundRequest): readonly Update[] {
    const told = parseJsonBounded(body);
    const events: readonly unknown[] = Array.isArray(told) ? told : [told];
    if (events.length > mostEvents) {
      throw PayloadRefused({ message: `A request may have ${mostEvents} events at the most.` });
    }
    return events.map(hubspotUpdate);
  }

  example(_source: string, unique: string, now: Date): Draft {
    const ids = createHash('sha256').update(unique).digest();
    const event = {
      ...{ eventId: ids.readUIntBE(0, 6), subscriptionId: 1, portalId: 1_000_001, appId: 1 },
      ...{ occurredAt: now.getTime(), subscriptionType: 'deal.propertyChange', attemptNumber: 0 },
      ...{ objectId: ids.readUIntBE(6, 6), propertyName: 'dealstage', propertyValue: 'closedwon' },
      ...{ changeSource: 'CRM_UI', sourceId: 'userId:1' },
    };
    return { contentType: 'application/json', body: Buffer.from(JSON.stringify([event])) };
  }

  sign(draft: Draft, { secrets, now, url }: SignOptions): SignedDraft {
    const time = String(now.getTime());
    const [secret = ''] = secrets(secretName);
    const signature = hmac(textKey(secret), `POST${signedAddress(url)}`, draft.body, time);
    return {
      ...draft,
      headers: {
        'x-hubspot-signature-v3': signature.toString('base64'),
        'x-hubspot-request-timestamp': time,
      },
    };
  }
}

/** `: / ? @ ! $ ' ( ) * , ;` */
const signedDecoded = /%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)/gi;

/** The address as HubSpot signs it: these twelve escapes decoded, all others as they are. */
function signedAddress(url: string): string {
  return url.replace(signedDecoded, (escape) => decodeURIComponent(escape));
}
