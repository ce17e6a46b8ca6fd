import type { PropertyDefinition, ValidationRule } from './properties.ts';

/** Who wrote a value, in HubSpot's words. */
export type Source = { type: 'INTEGRATION' | 'CRM_UI'; id: string; userId?: number };

export type Values = Record<string, string>;

/** Every state change of the simulator; the journal is a list of these. Times are epoch milliseconds. */
export type HubspotEvent =
  | { type: 'contact-created'; id: string; at: number; values: Values; by: Source }
  | { type: 'contact-changed'; id: string; at: number; values: Values; by: Source }
  | { type: 'contact-unchanged'; id: string; at: number; by: Source }
  | { type: 'contact-archived'; id: string; at: number }
  | { type: 'contact-erased'; id: string; at: number }
  | { type: 'email-blocked'; email: string }
  | { type: 'property-defined'; definition: PropertyDefinition }
  | { type: 'validation-rules-set'; rules: ValidationRule[] }
  | { type: 'contact-kept'; contact: KeptContact }
  | { type: 'counters-kept'; nextId: number; effects: unknown };

/** A contact as a compacted journal holds it. */
export type KeptContact = {
  id: string;
  createdAt: number;
  updatedAt: number;
  archivedAt?: number;
  values: [string, string][];
  history: [string, Version[]][];
};

export type Version = { value: string; at: number; by: Source };

export const API_SOURCE: Source = { type: 'INTEGRATION', id: '1357911' };

export const personSource = (userId: number): Source => ({ type: 'CRM_UI', id: `userId:${userId}`, userId });
