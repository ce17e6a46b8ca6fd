export * from './contracts/chat.js';
export * from './contracts/endpoint.js';
