/**
 * The version of HubSpot's API, chosen here alone. The generated methods of @hubspot/api-client 14.0.1 know only
 * `/crm/v3/objects/contacts`; it holds no date-versioned path (`/crm/objects/2026-03/contacts`). HubSpot announced the
 * end of v3 for September 2027: moving is a matter of this function.
 *
 * @param url as the generated client made it
 */
export function atApiVersion(url: string): string {
  return url;
}
