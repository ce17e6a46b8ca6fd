import { CommandHandler } from '@nestjs/cqrs';
import { UseCase, type HandlerContext, type HandlerOutcome } from '../../../shared/messaging/handler.js';
import { CrmActivities } from '../connectors/crm-activities.js';
import { AddCrmNote, NoteAdded, type NoteAnswer } from '../contracts.js';
import { checkedAbout } from '../domain/about.js';
import { notCreated } from '../domain/contact-plan.js';
import { unlessGone } from '../domain/gone.js';

const gone: NoteAnswer = { noteId: notCreated, state: 'gone' };

/** Writes a note once: one that an earlier attempt has left behind is found by our reference in it. */
@CommandHandler(AddCrmNote)
export class AddCrmNoteHandler extends UseCase<AddCrmNote> {
  constructor(private readonly crm: CrmActivities) {
    super();
  }

  async run(command: AddCrmNote, { effect, signal }: HandlerContext): Promise<HandlerOutcome<NoteAnswer>> {
    const about = checkedAbout(command.about);
    const { reference } = effect;
    const wish = { about, text: command.text, at: new Date(command.time), reference };

    const result = await effect.perform({
      look: () => this.crm.findNote(reference, signal),
      already: (noteId) => (noteId ? added(noteId) : undefined),
      describe: (noteId) => (noteId ? `leave note ${noteId}` : `add a note to ${about.type} ${about.id}`),
      send: () => unlessGone(this.crm.createNote(wish, signal).then(added), gone),
      pretend: (noteId) => added(noteId ?? notCreated),
      providerId,
    });

    if (result.state === 'gone') return { result };
    const message = new NoteAdded({ noteId: result.noteId, aboutType: about.type, aboutId: about.id });
    return { result, events: [{ message, subject: `note:${result.noteId}` }] };
  }
}

const added = (noteId: string): NoteAnswer => ({ noteId, state: 'added' });
const providerId = ({ noteId, state }: NoteAnswer): string | undefined =>
  state === 'added' ? noteId : undefined;
