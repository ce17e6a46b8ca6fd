export * from './contracts/chat.js';
export * from './contracts/endpoint.js';
export * from './contracts/mail.js';
