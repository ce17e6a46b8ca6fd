export * from './contracts/dues-events.js';
export * from './contracts/dunning.js';
export * from './contracts/invoices.js';
