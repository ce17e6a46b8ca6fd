import type { Link } from './associations.ts';
import type { Submission } from './forms.ts';
import type { Kind } from './kinds.ts';
import type { Owner } from './owners.ts';
import type { Pipeline } from './pipelines.ts';
import type { PropertyDefinition, PropertyGroup, ValidationRule } from './property-definitions.ts';

/** Who wrote a value, in HubSpot's words. */
export type Source = { type: 'INTEGRATION' | 'CRM_UI'; id: string; userId?: number };

export type Values = Record<string, string>;

/** What happened to one record. Times are epoch milliseconds. */
export type RecordEvent =
  | { type: 'record-created'; kind: Kind; id: string; at: number; values: Values; by: Source }
  | { type: 'record-changed'; kind: Kind; id: string; at: number; values: Values; by: Source }
  | { type: 'record-unchanged'; kind: Kind; id: string; at: number; by: Source }
  | { type: 'record-archived'; kind: Kind; id: string; at: number; by: Source }
  | { type: 'record-erased'; kind: Kind; id: string; at: number; by: Source };

/** Every state change of the simulator; the journal is a list of these. */
export type HubspotEvent =
  | RecordEvent
  | { type: 'associated'; link: Link }
  | { type: 'dissociated'; link: Link }
  | { type: 'email-blocked'; email: string }
  | { type: 'form-defined'; guid: string }
  | { type: 'form-submitted'; guid: string; submission: Submission }
  | { type: 'property-defined'; kind: Kind; definition: PropertyDefinition }
  | { type: 'group-defined'; kind: Kind; group: PropertyGroup }
  | { type: 'owner-set'; owner: Owner }
  | { type: 'pipelines-set'; pipelines: Pipeline[] }
  | { type: 'validation-rules-set'; kind: Kind; rules: ValidationRule[] }
  | { type: 'record-kept'; kind: Kind; record: KeptRecord }
  | { type: 'counters-kept'; kind: Kind; nextId: number; effects: unknown };

/** A record as a compacted journal holds it. */
export type KeptRecord = {
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
