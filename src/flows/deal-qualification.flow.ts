import {
  AddCrmNote,
  CompleteCrmTask,
  CreateCrmTask,
  DealMoved,
  NoteDealMove,
  QualifyDeal,
  UpdateDeal,
  type DealVerdict,
} from '../modules/crm/contracts.js';
import { DealChanged, DealDeleted } from '../modules/intake/contracts.js';
import { flow, type At, type Next } from '../shared/flow/define-flow.js';

interface State {
  dealId: string;
  movedAt: string;
  settlesAt: string;
  /** Tasks that were made, by property. */
  asked: Record<string, string>;
  /** Stage and verdict of the last note. */
  noted: string;
  verdict: DealVerdict;
}

const unjudged: DealVerdict = {
  ...{ state: 'unasked', stage: '', ask: [], done: [], write: {}, note: '', watched: [], recheckAt: '' },
};

/**
 * Deal stage change → what the stage asks for → one task for each field that is missing → verdict on the deal, as property
 * and note → wait until it is filled in, and ask again, until the deal passes or is elsewhere.
 */
export const dealQualification = flow('deal-qualification', { version: 1 })
  .startedBy(
    DealMoved,
    ({ dealId }) => dealId,
    ({ dealId, at }): State => ({
      dealId,
      movedAt: at,
      settlesAt: at,
      asked: {},
      noted: '',
      verdict: unjudged,
    }),
    { onePerCase: true },
  )
  .steps(
    ['note-move', 'settle', 'qualify', 'complete', 'ask', 'write', 'note', 'wait'],
    ({ send, wait, on, go, end }) => ({
      'note-move': send(
        NoteDealMove,
        ({ state: { dealId, movedAt } }) => ({ dealId, movedAt }),
        ({ settlesAt }) => go('settle', { settlesAt }),
      ),
      settle: wait({
        until: ({ state }) => new Date(state.settlesAt),
        due: go('qualify'),
        on: [
          on(DealMoved, ({ dealId }) => dealId, go('settle')),
          on(DealDeleted, ({ dealId }) => dealId, end()),
        ],
      }),
      qualify: send(
        QualifyDeal,
        ({ state: { dealId, movedAt, asked } }) => ({ dealId, movedAt, asked }),
        (verdict, { state }) => onwards({ ...state, verdict }),
      ),
      complete: send(
        CompleteCrmTask,
        ({ state: { asked, verdict } }) => ({ taskId: asked[verdict.done[0]!]! }),
        (_, { state: { asked, verdict, ...state } }) => {
          const [property, ...done] = verdict.done;
          const { [property!]: _completed, ...left } = asked;
          return onwards({ ...state, asked: left, verdict: { ...verdict, done } });
        },
      ),
      ask: send(
        CreateCrmTask,
        ({ state: { verdict } }) => verdict.ask[0]!,
        ({ taskId, state: made }, { state: { asked, verdict, ...state } }) => {
          const [field, ...ask] = verdict.ask;
          if (made === 'gone') return go('qualify');
          return onwards({
            ...state,
            asked: { ...asked, [field!.property]: taskId },
            verdict: { ...verdict, ask },
          });
        },
      ),
      write: send(
        UpdateDeal,
        ({ state: { dealId, verdict } }) => ({ dealId, properties: verdict.write }),
        (_, { state }) => onwards({ ...state, verdict: { ...state.verdict, write: {} } }),
      ),
      note: send(
        AddCrmNote,
        ({ state: { dealId, verdict }, now }) => ({
          ...{ about: { type: 'deal' as const, id: dealId }, text: verdict.note },
          ...{ time: now.toISOString(), key: stand(verdict) },
        }),
        (_, { state }) => onwards({ ...state, noted: stand(state.verdict) }),
      ),
      wait: wait({
        until: ({ state }) => new Date(state.verdict.recheckAt),
        due: go('qualify'),
        on: [
          on(
            DealMoved,
            ({ dealId }) => dealId,
            ({ at }) => go('note-move', { movedAt: at }),
          ),
          on(
            DealChanged,
            ({ dealId }) => dealId,
            (change, at) => (concerns(change, at) ? go('qualify') : undefined),
          ),
          on(DealDeleted, ({ dealId }) => dealId, end()),
        ],
      }),
    }),
  );

/** What is left to do of a verdict, in this order; then the run waits, or is over. */
function onwards(state: State): Next<State, 'complete' | 'ask' | 'write' | 'note' | 'wait'> {
  const { verdict, noted } = state;
  const next = (go: 'complete' | 'ask' | 'write' | 'note' | 'wait') => ({ go, set: state });
  if (verdict.state === 'gone') return { end: 'done' };
  if (verdict.done.length > 0) return next('complete');
  if (verdict.ask.length > 0) return next('ask');
  if (Object.keys(verdict.write).length > 0) return next('write');
  if (verdict.note !== '' && noted !== stand(verdict)) return next('note');
  return verdict.state === 'fail' ? next('wait') : { end: 'done' };
}

const stand = ({ stage, state }: DealVerdict): string => `${stage}:${state}`;

/** Moves that are not our own come as such. */
function concerns({ property, isOwn }: DealChanged, { state }: At<State>): boolean {
  return property === 'dealstage' ? isOwn === true : state.verdict.watched.includes(property);
}
