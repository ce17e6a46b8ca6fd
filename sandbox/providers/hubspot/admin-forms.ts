import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { asAmount, asObject, asString } from '../../core/json.ts';
import { answer } from './answers.ts';
import { badRequest, notFound } from './errors.ts';
import type { Submission } from './forms.ts';
import type { Portal } from './portal.ts';

/** Makes forms, submits them as a person does on a page, and shows what was submitted. */
export function formAdminRoutes(app: FastifyInstance, { account, commit }: Portal): void {
  const guidOf = (request: { params: unknown }): string => String(asObject(request.params)['guid']);

  app.get('/forms', (_request, reply) => answer(reply, 200, Object.fromEntries(account.forms.all())));

  app.put('/forms/:guid', (request, reply) => {
    commit({ type: 'form-defined', guid: guidOf(request) });
    return answer(reply, 200, { guid: guidOf(request) });
  });

  app.post('/forms/:guid/submissions', (request, reply) => {
    const guid = guidOf(request);
    if (!account.forms.submissions(guid)) throw notFound();
    const submission = readSubmission(request.body);
    commit({ type: 'form-submitted', guid, submission });
    return answer(reply, 201, submission);
  });
}

function readSubmission(input: unknown): Submission {
  const { values, pageUrl, submittedAt } = asObject(input);
  const texts = Object.entries(asObject(values)).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((one) => ({
      ...{ name, value: String(one), objectTypeId: '0-1' },
    })),
  );
  if (texts.length === 0) throw badRequest('a submission has values');
  return {
    conversionId: randomUUID(),
    submittedAt: asAmount(submittedAt) ?? Date.now(),
    values: texts,
    pageUrl: asString(pageUrl) ?? 'https://www.example.com/contact',
  };
}
