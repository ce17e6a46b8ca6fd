import { randomBytes } from 'node:crypto';
import { startApplication, type Application } from '../../src/application.js';
import { loadConfig } from '../../src/shared/config/config.js';
import { testDatabase, type TestDatabase } from './database.js';

export const formsSecret = `whsec_${Buffer.alloc(32, 3).toString('base64')}`;
export const previousFormsSecret = `whsec_${Buffer.alloc(32, 4).toString('base64')}`;

export interface TestApplication extends Application {
  readonly db: TestDatabase;
  /** Holds every role. */
  readonly adminKey: string;
  close(): Promise<void>;
}

/** The whole application in this process, on a free port, over a database of its own. */
export async function testApplication(env: Record<string, string> = {}): Promise<TestApplication> {
  const db = await testDatabase();
  const adminKey = `sbx_${'a'.repeat(12)}_${randomBytes(32).toString('base64url')}`;
  const application = await startApplication(
    loadConfig({
      DATABASE_URL: db.url,
      SIGNALBOX_MASTER_KEY: Buffer.alloc(32, 9).toString('base64'),
      SIGNALBOX_PROFILE: 'embedded',
      SIGNALBOX_ADMIN_KEY: adminKey,
      SIGNALBOX_LOG_LEVEL: 'silent',
      SIGNALBOX_FLOW_MODE: 'live',
      FORMS_SIGNING_SECRET: `${formsSecret} ${previousFormsSecret}`,
      HUBSPOT_BASE_URL: 'http://127.0.0.1:9',
      HUBSPOT_ACCESS_TOKEN: 'test-token',
      PORT: '0',
      ...env,
    }),
  );
  return {
    ...application,
    db,
    adminKey,
    close: async () => {
      await application.stop();
      await db.close();
    },
  };
}
