/** A ticket; times in epoch milliseconds, at which Zendesk shows whole seconds. */
export type Ticket = {
  id: number;
  externalId: string | null;
  createdAt: number;
  updatedAt: number;
  subject: string;
  description: string;
  type: string | null;
  priority: string | null;
  status: string;
  requesterId: number;
  assigneeId: number | null;
  groupId: number | null;
  tags: string[];
};

/** Where events are sent, or what a trigger calls; `automatic`: of every change of a ticket. */
export type Webhook = {
  id: string;
  endpoint: string;
  secret: string;
  subscriptions: string[];
  status: 'active' | 'inactive';
  automatic: boolean;
};

/** Every state change of the simulator; the journal is a list of these. */
export type ZendeskEvent =
  | { type: 'ticket-put'; ticket: Ticket }
  | { type: 'webhook-put'; webhook: Webhook }
  | { type: 'webhook-removed'; id: string };

export const ACCOUNT_ID = 12_514_403;
export const AGENT_ID = 8_447_388_090_494;
export const REQUESTER_ID = 8_447_388_090_495;

/** As Zendesk writes times: whole seconds. */
export const timeOf = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+/, '');
