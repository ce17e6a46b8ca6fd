export * from './contracts/chat.js';
