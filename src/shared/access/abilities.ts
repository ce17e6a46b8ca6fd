import { createMongoAbility } from '@casl/ability';

export const roles = ['viewer', 'operator', 'approver', 'editor', 'security-admin', 'auditor'] as const;
export type Role = (typeof roles)[number];

export const actions = [
  'read', // lists and details, without what people wrote
  'read-raw', // what was received, as it was received
  'retry', // run again what failed; confirmed effects keep their result
  'discard', // give a dead letter up
  'cancel',
  'redo', // do a confirmed effect once more
  'resolve', // decide on what is uncertain, or awaits approval
  'pause', // stop and resume a flow or a connector
  'configure', // change how the product behaves
  'manage', // create, rotate, revoke
] as const;
export type Action = (typeof actions)[number];

export const subjects = [
  'Run',
  'Delivery',
  'DeadLetter',
  'Effect',
  'Approval',
  'Event',
  'RawBody',
  'Flow',
  'Form',
  'Policy',
  'Connector',
  'Channel',
  'Suppression',
  'Proof',
  'Audit',
  'ApiKey',
  'Secret',
  'Erasure',
] as const;
export type Subject = (typeof subjects)[number];

type Grant = readonly [Action, ...Subject[]];

const work: Grant = ['read', 'Run', 'Delivery', 'DeadLetter', 'Effect', 'Approval', 'Event', 'Proof'];
const setup: Grant = ['read', 'Flow', 'Form', 'Policy', 'Connector', 'Channel'];

/** Who may do what. What isn't listed is refused. `docs/access.md` shows this table, and a test compares them. */
const grants: Record<Role, readonly Grant[]> = {
  viewer: [work, setup],
  operator: [
    work,
    setup,
    ['read-raw', 'RawBody'],
    ['retry', 'Run', 'Delivery', 'DeadLetter', 'Effect'],
    ['discard', 'DeadLetter'],
    ['cancel', 'Run'],
    ['redo', 'Run', 'Effect'],
    ['resolve', 'Effect'],
    ['pause', 'Flow', 'Connector'],
    ['read', 'Suppression'],
    ['configure', 'Suppression'],
  ],
  approver: [work, setup, ['resolve', 'Approval', 'Effect']],
  editor: [
    work,
    setup,
    ['read', 'Suppression'],
    ['configure', 'Flow', 'Form', 'Policy', 'Connector', 'Channel', 'Suppression'],
  ],
  'security-admin': [
    setup,
    ['read', 'ApiKey', 'Secret', 'Erasure'],
    ['manage', 'ApiKey', 'Secret', 'Erasure'],
  ],
  auditor: [work, setup, ['read', 'Audit', 'ApiKey', 'Secret', 'Erasure', 'Suppression']],
};

/** What a principal may do. */
export interface Abilities {
  can(action: Action, subject: Subject): boolean;
}

/** The abilities of a holder of these roles; names that are no role give nothing. */
export function abilitiesOf(held: readonly string[]): Abilities {
  const rules = roles
    .filter((role) => held.includes(role))
    .flatMap((role) => grants[role])
    .map(([action, ...subject]) => ({ action, subject }));
  // CASL reads `manage` and `all` as wildcards unless told otherwise; here every word means itself.
  return createMongoAbility<[Action, Subject]>(rules, { anyAction: 'none', anySubjectType: 'none' });
}

/** The roles that allow it, in the order of the table. */
export function rolesThatCan(action: Action, subject: Subject): Role[] {
  return roles.filter((role) => abilitiesOf([role]).can(action, subject));
}

export function isRole(name: string): name is Role {
  return (roles as readonly string[]).includes(name);
}
