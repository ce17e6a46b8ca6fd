import { CommandHandler } from '@nestjs/cqrs';
import { UseCase, type HandlerContext, type HandlerOutcome } from '../../../shared/messaging/handler.js';
import { CrmActivities, type TaskWish } from '../connectors/crm-activities.js';
import { CreateCrmTask, TaskCreated, type TaskAnswer } from '../contracts.js';
import { checkedAbout } from '../domain/about.js';
import { notCreated } from '../domain/contact-plan.js';
import { unlessGone } from '../domain/gone.js';

const gone: TaskAnswer = { taskId: notCreated, state: 'gone' };

/** Makes a task once for its key: one that an earlier attempt has left behind is found by our reference in it. */
@CommandHandler(CreateCrmTask)
export class CreateCrmTaskHandler extends UseCase<CreateCrmTask> {
  constructor(private readonly crm: CrmActivities) {
    super();
  }

  async run(command: CreateCrmTask, { effect, signal }: HandlerContext): Promise<HandlerOutcome<TaskAnswer>> {
    const about = command.about && checkedAbout(command.about);
    const { reference } = effect;
    const { title, body, ownerId } = command;
    const wish: TaskWish = { about, title, body, ownerId, dueAt: new Date(command.dueAt), reference };
    const whom = about ? `${about.type} ${about.id}` : 'its owner';

    const result = await effect.perform({
      look: () => this.crm.findTask(reference, signal),
      already: (taskId) => (taskId ? created(taskId) : undefined),
      describe: (taskId) => (taskId ? `leave task ${taskId}` : `create a task for ${whom}`),
      send: () => unlessGone(this.crm.createTask(wish, signal).then(created), gone),
      pretend: (taskId) => created(taskId ?? notCreated),
      providerId,
    });

    if (result.state === 'gone') return { result };
    const message = new TaskCreated({ taskId: result.taskId, aboutType: about?.type, aboutId: about?.id });
    return { result, events: [{ message, subject: `task:${result.taskId}` }] };
  }
}

const created = (taskId: string): TaskAnswer => ({ taskId, state: 'created' });
const providerId = ({ taskId, state }: TaskAnswer): string | undefined =>
  state === 'created' ? taskId : undefined;
