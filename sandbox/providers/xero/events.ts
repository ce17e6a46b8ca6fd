import type {
  Author,
  Organisation,
  WebhookTarget,
  XeroContact,
  XeroCreditNote,
  XeroInvoice,
} from './records.ts';

/** What an authorization gave out. A refresh token is good once, and for a grace after that. */
export type Grant = {
  refreshToken: string;
  tenantIds: string[];
  scope: string;
  authEventId: string;
  usedAt?: number;
};

export type AccessToken = {
  token: string;
  tenantIds: string[];
  scope: string;
  authEventId: string;
  expiresAt: number;
};

/** Everything that changes what the simulator holds; its journal is a list of these. */
export type XeroEvent =
  | { type: 'invoice-put'; invoice: XeroInvoice; isNew: boolean; by: Author }
  | { type: 'invoice-unchanged'; by: Author }
  | { type: 'contact-put'; contact: XeroContact; isNew: boolean; by: Author }
  | { type: 'credit-note-put'; creditNote: XeroCreditNote }
  | { type: 'organisation-put'; organisation: Organisation }
  | { type: 'webhook-set'; target?: WebhookTarget }
  | { type: 'access-issued'; access: AccessToken }
  | { type: 'grant-put'; grant: Grant }
  | { type: 'tokens-revoked' }
  | { type: 'sequence-advanced'; sequence: number }
  | {
      type: 'counters-kept';
      nextNumber: number;
      sequence: number;
      effects: unknown;
      contactEffects: unknown;
    };

export type Commit = (event: XeroEvent) => void;
