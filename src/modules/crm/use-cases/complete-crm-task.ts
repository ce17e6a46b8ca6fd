import { CommandHandler } from '@nestjs/cqrs';
import { UseCase, type HandlerContext, type HandlerOutcome } from '../../../shared/messaging/handler.js';
import { CrmActivities, type CrmTask } from '../connectors/crm-activities.js';
import { CompleteCrmTask, TaskCompleted, type TaskCompletion } from '../contracts.js';
import { isRecordId } from '../domain/deal-properties.js';

/** Marks a task as done. A person may have done that, or deleted the task: both are as good. */
@CommandHandler(CompleteCrmTask)
export class CompleteCrmTaskHandler extends UseCase<CompleteCrmTask> {
  constructor(private readonly crm: CrmActivities) {
    super();
  }

  async run(
    { taskId }: CompleteCrmTask,
    { effect, signal }: HandlerContext,
  ): Promise<HandlerOutcome<TaskCompletion>> {
    const completed: TaskCompletion = { taskId, state: 'completed' };
    const already = (task: CrmTask | undefined): TaskCompletion | undefined => {
      if (!task) return { taskId, state: 'gone' };
      return task.isDone ? completed : undefined;
    };

    const result = await effect.perform({
      look: async () => (isRecordId(taskId) ? this.crm.readTask(taskId, signal) : undefined),
      already,
      describe: (task) => (already(task) ? `leave task ${taskId}` : `complete task ${taskId}`),
      send: async () => {
        await this.crm.completeTask(taskId, signal);
        return completed;
      },
      pretend: (task) => already(task) ?? completed,
      providerId: () => taskId,
    });

    if (result.state === 'gone') return { result };
    return { result, events: [{ message: new TaskCompleted({ taskId }), subject: `task:${taskId}` }] };
  }
}
