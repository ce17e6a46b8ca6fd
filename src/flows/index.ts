import type { FlowDefinition } from '../shared/flow/define-flow.js';
import { dealQualification } from './deal-qualification.flow.js';
import { newLead } from './new-lead.flow.js';
import { overdueInvoice } from './overdue-invoice.flow.js';

/** The product's table of contents: every flow that this version can run. */
export const flows: readonly FlowDefinition[] = [newLead, dealQualification, overdueInvoice];
