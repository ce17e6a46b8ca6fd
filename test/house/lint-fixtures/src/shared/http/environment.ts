import { env } from 'node:process'; // breaks: no-restricted-imports

const { env: again } = process; // breaks: no-restricted-properties

export const hosts = [env.HOST, again.HOST];
