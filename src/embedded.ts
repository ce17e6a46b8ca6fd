import { createHmac } from 'node:crypto';
import type { Application } from './application.js';
import { migrate } from './shared/database/data-source.js';
import type { Environment } from './shared/config/read-environment.js';
import { applicationRoleUrl } from './shared/embedded/application-role.js';
import { prepareEmbedded } from './shared/embedded/prepare-embedded.js';

export interface Embedded {
  readonly env: Environment;
  stop(): Promise<void>;
  /** Says where everything is, and gives one line to try. */
  welcome(application: Application, tookMs: number): void;
}

/** Brings up what the embedded profile carries along, and gives the application a role that owns nothing. */
export async function startEmbedded(env: Environment): Promise<Embedded> {
  const parts = await prepareEmbedded(env);
  try {
    const ownerUrl = parts.env.DATABASE_URL as string;
    const ours = env.DATABASE_URL === undefined;
    if (ours) await migrate(ownerUrl);
    const password = createHmac('sha256', parts.env.SIGNALBOX_MASTER_KEY ?? '')
      .update('application-role')
      .digest('hex');
    const own = ours
      ? { DATABASE_URL: await applicationRoleUrl(ownerUrl, password), DIRECT_DATABASE_URL: ownerUrl }
      : {};
    return {
      env: { ...parts.env, ...own },
      stop: () => parts.stop(),
      welcome: (application, tookMs) => console.log(welcomeText(application, parts.sandboxUrl, tookMs)),
    };
  } catch (error) {
    await parts.stop();
    throw error;
  }
}

function welcomeText(
  { url, firstKey, config }: Application,
  sandboxUrl: string | undefined,
  tookMs: number,
): string {
  const [secret] = config.secrets['forms.signing-secret'];
  const lines = [
    '',
    `Signalbox is ready (${(tookMs / 1000).toFixed(1)} s)`,
    '',
    `  API and webhooks   ${url}`,
    `  API documentation  ${url}/docs`,
    ...(sandboxUrl
      ? [`  Sandbox            ${sandboxUrl}/_sandbox   what the simulated providers hold`]
      : []),
    ...(firstKey ? ['', `  Admin key (shown this once)  ${firstKey}`] : []),
  ];
  if (secret) {
    lines.push('', '  Try it (valid for five minutes):', '', indent(tryIt(url, secret.reveal())));
    lines.push(
      '',
      `  Then see the run:  curl -s -H "Authorization: Bearer ${firstKey ?? '$KEY'}" ${url}/admin/v1/runs`,
    );
    if (sandboxUrl)
      lines.push(
        `  and the contact:   curl -s '${sandboxUrl}/_sandbox/hubspot/contacts?email=ada@example.com'`,
      );
  }
  return [...lines, ''].join('\n');
}

/** A curl line with a valid signature by Standard Webhooks. */
function tryIt(url: string, secret: string): string {
  const now = new Date();
  const id = `try_${now.getTime().toString(36)}`;
  const seconds = Math.floor(now.getTime() / 1000);
  const data = {
    email: 'ada@example.com',
    first_name: 'Ada',
    last_name: 'Example',
    phone: '+1 555 010 0199',
  };
  const body = JSON.stringify({ type: 'form.submitted', timestamp: now.toISOString(), data });
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64');
  return [
    `curl -s ${url}/webhooks/forms/contact \\`,
    `  -H 'content-type: application/json' \\`,
    `  -H 'webhook-id: ${id}' -H 'webhook-timestamp: ${seconds}' \\`,
    `  -H 'webhook-signature: v1,${signature}' \\`,
    `  -d '${body}'`,
  ].join('\n');
}

function indent(text: string): string {
  return text.replace(/^/gm, '    ');
}
