export * from './contracts/alert-events.js';
export * from './contracts/crm-events.js';
export * from './contracts/external-events.js';
export * from './contracts/form-events.js';
export * from './contracts/invoice-events.js';
export * from './contracts/mail-events.js';
export * from './contracts/message-events.js';
export * from './contracts/ticket-events.js';

/** How large the bodies of some channels may be, in bytes, by the beginning of their path. */
export const webhookBodyLimits: Readonly<Record<string, number>> = {
  '/webhooks/whatsapp': 3 * 1024 * 1024,
  '/webhooks/email': 36 * 1024 * 1024,
};
