import { late } from './late.js';

export const seen = late(Date.now());
