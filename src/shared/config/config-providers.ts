import { API_PROVIDERS, type ApiProviderName, forEachApi } from './api-providers.js';
import { mailConfig, type MailConfig } from './mail-config.js';
import type { Values } from './read-environment.js';
import type { Secret } from './secret.js';
import type { ProviderSecret } from './secrets.js';

/** `isSandbox`: the base URL is the sandbox's, so nothing leaves this machine. */
export interface HubspotConfig {
  readonly baseUrl: string;
  readonly accessToken?: Secret;
  readonly isSandbox: boolean;
}

/** `clientId` undefined: Xero is not connected. */
export interface XeroConfig {
  readonly baseUrl: string;
  readonly tokenUrl: string;
  readonly clientId: string | undefined;
  readonly tenantId: string | undefined;
  readonly isSandbox: boolean;
}

/** A provider that is an address and one credential. */
export interface ApiConfig {
  readonly baseUrl: string;
  readonly isSandbox: boolean;
}

/** `baseUrl` or `clientId` undefined: Zendesk is not connected. */
export interface ZendeskConfig {
  readonly baseUrl: string | undefined;
  readonly clientId: string | undefined;
  readonly isSandbox: boolean;
}

export interface WhatsappConfig {
  readonly baseUrl: string;
  readonly phoneNumberId: string | undefined;
  readonly accountId: string | undefined;
  readonly isSandbox: boolean;
}

/** `privateOrigins`: of this network, and the sandbox's. */
export interface EndpointsConfig {
  readonly privateOrigins: ReadonlySet<string>;
}

const apiNames = Object.keys(API_PROVIDERS) as ApiProviderName[];

/** How the providers are reached. */
export interface Providers extends Readonly<Record<ApiProviderName, ApiConfig>> {
  readonly hubspot: HubspotConfig;
  readonly xero: XeroConfig;
  readonly zendesk: ZendeskConfig;
  readonly whatsapp: WhatsappConfig;
  readonly endpoints: EndpointsConfig;
  readonly mail: MailConfig;
}

export function providerConfigs(values: Values): Providers {
  return {
    ...forEachApi(({ home, baseUrl: variable }): ApiConfig => {
      const baseUrl = values[variable] ?? home;
      return { baseUrl, isSandbox: isSandbox(values, baseUrl) };
    }),
    hubspot: hubspotConfig(values),
    xero: xeroConfig(values),
    zendesk: zendeskConfig(values),
    whatsapp: whatsappConfig(values),
    endpoints: endpointsConfig(values),
    mail: mailConfig(values),
  };
}

function hubspotConfig(values: Values): HubspotConfig {
  const baseUrl = values.HUBSPOT_BASE_URL ?? 'https://api.hubapi.com';
  return { baseUrl, accessToken: values.HUBSPOT_ACCESS_TOKEN, isSandbox: isSandbox(values, baseUrl) };
}

function xeroConfig(values: Values): XeroConfig {
  const baseUrl = values.XERO_BASE_URL ?? 'https://api.xero.com';
  return {
    baseUrl,
    tokenUrl: values.XERO_TOKEN_URL ?? 'https://identity.xero.com/connect/token',
    clientId: values.XERO_CLIENT_ID,
    tenantId: values.XERO_TENANT_ID?.toLowerCase(),
    isSandbox: isSandbox(values, baseUrl),
  };
}

function zendeskConfig(values: Values): ZendeskConfig {
  const { ZENDESK_BASE_URL: baseUrl, ZENDESK_CLIENT_ID: clientId } = values;
  return { baseUrl, clientId, isSandbox: baseUrl !== undefined && isSandbox(values, baseUrl) };
}

function whatsappConfig(values: Values): WhatsappConfig {
  const { WHATSAPP_PHONE_NUMBER_ID: phoneNumberId, WHATSAPP_WABA_ID: accountId } = values;
  const baseUrl = values.WHATSAPP_BASE_URL ?? 'https://graph.facebook.com';
  return { baseUrl, phoneNumberId, accountId, isSandbox: isSandbox(values, baseUrl) };
}

function endpointsConfig(values: Values): EndpointsConfig {
  const { SIGNALBOX_PRIVATE_ENDPOINTS: given = [], SIGNALBOX_SANDBOX_URL: sandbox } = values;
  return { privateOrigins: new Set([...given, ...(sandbox ? [new URL(sandbox).origin] : [])]) };
}

function isSandbox({ SIGNALBOX_SANDBOX_URL: sandbox }: Values, baseUrl: string): boolean {
  return sandbox !== undefined && (baseUrl === sandbox || baseUrl.startsWith(`${sandbox}/`));
}

/** The credentials that are the sandbox's. */
export function sandboxed(providers: Providers): ReadonlySet<ProviderSecret | 'smtp.url'> {
  const { hubspot, xero, zendesk, whatsapp, mail } = providers;
  const names: (readonly [ProviderSecret | 'smtp.url', boolean])[] = [
    ['hubspot.access-token', hubspot.isSandbox],
    ['xero.client-secret', xero.isSandbox],
    ['postmark.server-token', mail.sandbox?.via === 'postmark'],
    ['smtp.url', mail.sandbox?.via === 'smtp'],
    ['zendesk.client-secret', zendesk.isSandbox],
    ['whatsapp.access-token', whatsapp.isSandbox],
    ...apiNames.map((name) => [API_PROVIDERS[name].secret, providers[name].isSandbox] as const),
  ];
  return new Set(names.filter(([, isSandbox]) => isSandbox).map(([name]) => name));
}

/** Nothing that is connected is real: flows may run at once. */
export function onlySandbox(values: Values, providers: Providers): boolean {
  const { hubspot, xero, zendesk, mail } = providers;
  const xeroIsReal = values.XERO_CLIENT_ID !== undefined && !xero.isSandbox;
  const zendeskIsReal = values.ZENDESK_CLIENT_ID !== undefined && !zendesk.isSandbox;
  const otherIsReal = apiNames.some(
    (name) => values[API_PROVIDERS[name].credential] !== undefined && !providers[name].isSandbox,
  );
  const isReal = xeroIsReal || zendeskIsReal || mail.isReal || otherIsReal;
  return hubspot.isSandbox && !isReal;
}
