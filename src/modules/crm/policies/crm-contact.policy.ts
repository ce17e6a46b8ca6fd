import type { PolicyDefinition } from '../../../shared/policies/policy.js';
import type { UpsertContact } from '../contracts.js';
import type { ContactPolicy } from '../domain/contact-policy.js';
import { outlineOf, wishOf } from '../domain/contact-wish.js';

const propertyName = '^[a-z][a-z0-9_]{0,99}$';

const schema = {
  type: 'object',
  additionalProperties: false,
  required: ['properties'],
  properties: {
    properties: {
      type: 'object',
      maxProperties: 50,
      propertyNames: {
        pattern: propertyName,
        not: { enum: ['email', 'hs_additional_emails', 'hs_object_id'] },
      },
      additionalProperties: {
        type: 'object',
        additionalProperties: false,
        required: ['from', 'write'],
        properties: {
          from: { type: 'string', minLength: 1, maxLength: 100 },
          write: { enum: ['fill-empty', 'unless-person-changed-later', 'always'] },
          minConfidence: { type: 'number', minimum: 0, maximum: 1 },
        },
      },
    },
    lifecycle: {
      type: 'object',
      additionalProperties: false,
      required: ['property', 'initial', 'order'],
      properties: {
        property: { type: 'string', pattern: propertyName },
        initial: { type: 'string', minLength: 1 },
        order: { type: 'array', minItems: 1, uniqueItems: true, items: { type: 'string', minLength: 1 } },
      },
    },
    scoreProperty: { type: 'string', pattern: propertyName },
  },
};

/** How a lead becomes a contact. Shipped for a portal as HubSpot makes it: no property of it is a custom one. */
export const contactPolicy: PolicyDefinition<ContactPolicy, Omit<UpsertContact, 'resultType'>> = {
  name: 'crm-contact',
  title: 'Leads as contacts',
  decide: (policy, lead) => outlineOf(wishOf(lead, policy)),
  schema,
  initial: {
    properties: {
      firstname: { from: 'firstName', write: 'fill-empty', minConfidence: 0.5 },
      lastname: { from: 'lastName', write: 'fill-empty', minConfidence: 0.5 },
      company: { from: 'company', write: 'fill-empty', minConfidence: 0.5 },
      country: { from: 'country', write: 'fill-empty', minConfidence: 0.7 },
      website: { from: 'website', write: 'fill-empty', minConfidence: 0.7 },
      jobtitle: { from: 'jobTitle', write: 'unless-person-changed-later', minConfidence: 0.8 },
      phone: { from: 'phone', write: 'unless-person-changed-later', minConfidence: 0.6 },
      message: { from: 'message', write: 'unless-person-changed-later' },
    },
    lifecycle: {
      property: 'lifecyclestage',
      initial: 'lead',
      order: [
        'subscriber',
        'lead',
        'marketingqualifiedlead',
        'salesqualifiedlead',
        'opportunity',
        'customer',
        'evangelist',
        'other',
      ],
    },
  },
};
