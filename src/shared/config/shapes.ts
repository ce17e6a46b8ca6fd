import { z } from 'zod';

import { Secret } from './secret.js';

/** How the text of a variable becomes its value. */
export type Shape<T> = z.ZodType<T, string>;

/** Whole number between two bounds, both included. */
export function wholeNumber(least: number, most: number): Shape<number> {
  return z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .refine((value) => value >= least && value <= most);
}

export function oneOf<const T extends string>(values: readonly T[]): Shape<T> {
  return z.string().pipe(z.enum(values));
}

/** Comma-separated subset of `values`; `all` stands for every one. */
export function subsetOf<const T extends string>(values: readonly T[]): Shape<ReadonlySet<T>> {
  return z
    .string()
    .transform((text) => (text === 'all' ? [...values] : text.split(',').map((item) => item.trim())))
    .pipe(z.array(z.enum(values)).min(1))
    .transform((items) => new Set(items));
}

/** An absolute URL of one of the protocols (written without the colon). */
export function url(...protocols: string[]): Shape<string> {
  return z
    .string()
    .refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol.slice(0, -1)));
}

/** A base URL to which paths are appended: no query, no fragment; a slash at its end is dropped. */
export function baseUrl(): Shape<string> {
  return url('http', 'https')
    .refine((text) => !/[?#]/.test(text))
    .transform((text) => text.replace(/\/+$/, ''));
}

/** Origins of http or https, comma-separated, without paths. */
export function origins(): Shape<ReadonlySet<string>> {
  return z
    .string()
    .transform((text) => text.split(',').map((item) => item.trim().replace(/\/$/, '')))
    .refine((items) => items.every(isOrigin))
    .transform((items) => new Set(items.map((item) => new URL(item).origin)));
}

function isOrigin(text: string): boolean {
  return /^https?:\/\/[^/?#@\s]+$/.test(text) && URL.canParse(text);
}

export function matching(pattern: RegExp): Shape<string> {
  return z.string().regex(pattern);
}

/** Keeps the value from being shown. */
export function secret<T>(shape: Shape<T>): Shape<Secret<T>> {
  return shape.transform((value) => new Secret(value));
}

/** Base64 of an exact number of bytes. */
export function base64Bytes(length: number): Shape<Buffer> {
  return z
    .string()
    .refine((text) => decodedLength(text) === length)
    .transform((text) => Buffer.from(text, 'base64'));
}

/** One or two Standard Webhooks secrets (`whsec_` and base64 of 24 to 64 bytes), blank-separated. */
export function webhookSecrets(): Shape<readonly Secret[]> {
  return z
    .string()
    .transform((text) => text.split(/\s+/))
    .refine((items) => items.length <= 2 && items.every(isWebhookSecret))
    .transform((items) => items.map((item) => new Secret(item)));
}

/** One or two texts without blanks, blank-separated. */
export function secretTexts(least = 1): Shape<readonly Secret[]> {
  return z
    .string()
    .transform((text) => text.trim().split(/\s+/))
    .refine((items) => items.length <= 2 && items.every((item) => item.length >= least))
    .transform((items) => items.map((item) => new Secret(item)));
}

function isWebhookSecret(text: string): boolean {
  const length = text.startsWith('whsec_') ? decodedLength(text.slice('whsec_'.length)) : undefined;
  return length !== undefined && length >= 24 && length <= 64;
}

/** Bytes of a base64 text, or undefined when it isn't one (Buffer.from would skip over what is wrong). */
function decodedLength(text: string): number | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64').replace(/=+$/, '') === text.replace(/=+$/, '') ? bytes.length : undefined;
}
