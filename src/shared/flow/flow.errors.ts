import { defineProblem } from '../http/problem-status.js';
import { defineError } from '../kernel/coded-error.js';

export const VersionChanged = defineError(
  'FLOW.VERSION_CHANGED',
  'permanent',
  'The table of a flow changed under a version that is already registered: give it a new version.',
);
export const StepUnknown = defineError(
  'FLOW.STEP_UNKNOWN',
  'permanent',
  'The flow has no step of this name.',
);
export const RunNotFound = defineError('FLOW.RUN_NOT_FOUND', 'notFound', 'There is no run with this id.');
export const RunEnded = defineError('FLOW.RUN_ENDED', 'conflict', 'The run has ended.');
export const RunNotHeld = defineError(
  'FLOW.RUN_NOT_HELD',
  'conflict',
  'The run has no dead letter to retry.',
);
export const RunStillOpen = defineError(
  'FLOW.RUN_STILL_OPEN',
  'conflict',
  'The run is still running: cancel it, or wait for its end, before it is redone.',
);
export const RunWorking = defineError(
  'FLOW.RUN_WORKING',
  'conflict',
  'A step of the run is being worked on, so what is to be taken back is not known yet.',
);
export const CaseOpen = defineError(
  'FLOW.CASE_OPEN',
  'conflict',
  'Another run of the same case is open, and the flow has one for each case.',
);
export const FlowUnknown = defineError('FLOW.UNKNOWN', 'notFound', 'There is no flow of this name.');
export const SettingsChanged = defineProblem(
  412,
  'FLOW.SETTINGS_CHANGED',
  'conflict',
  'The settings were changed by someone else since they were read: read them again.',
);
export const CapExceeded = defineError(
  'FLOW.CAP_EXCEEDED',
  'transient',
  'The flow reached a cap on its effects and is paused for a person to look.',
  { blameless: true },
);
export const ApprovalNotFound = defineError(
  'FLOW.APPROVAL_NOT_FOUND',
  'notFound',
  'There is no approval with this id.',
);
export const ApprovalClosed = defineError(
  'FLOW.APPROVAL_CLOSED',
  'conflict',
  'The approval was decided, expired, or is no longer needed.',
);
export const ApprovalChanged = defineProblem(
  412,
  'FLOW.APPROVAL_CHANGED',
  'conflict',
  'The proposal is not the one that was read: read it again before deciding.',
);
export const OwnProposal = defineError(
  'FLOW.OWN_PROPOSAL',
  'forbidden',
  'Who made or amended a proposal cannot approve it: somebody else has to.',
);
export const NotAsked = defineError('FLOW.NOT_ASKED', 'forbidden', 'The question is asked of another role.');
