export const token = process.env.HUBSPOT_ACCESS_TOKEN; // breaks: no-restricted-properties
