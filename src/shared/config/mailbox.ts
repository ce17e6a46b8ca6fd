import { z } from 'zod';
import type { Shape } from './shapes.js';

/** An address of ours, and the name that people see with it. */
export interface ConfiguredMailbox {
  readonly address: string;
  readonly name?: string;
}

const address = /^[^\s@<>",;:\\()[\]\p{Cc}]{1,64}@[^\s@<>",;:\\()[\]\p{Cc}]{1,255}$/u;
const withName = /^"?([^"<>\p{Cc}]{0,100}?)"?\s*<([^<>]+)>$/u;

/** `Example Ltd <billing@example.com>` or `billing@example.com`. */
export function mailbox(): Shape<ConfiguredMailbox> {
  return z
    .string()
    .transform((text): ConfiguredMailbox => {
      const [, name = '', inner = ''] = withName.exec(text) ?? [];
      const [shown, bare] = inner === '' ? ['', text] : [name.trim(), inner];
      return { address: bare.trim(), ...(shown !== '' && { name: shown }) };
    })
    .refine((value) => address.test(value.address));
}
