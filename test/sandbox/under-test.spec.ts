import { expect, it } from 'vitest';
import { SandboxProcess } from '../support/sandbox-under-test.js';

it('a sandbox that has died is stopped already', async () => {
  const sandbox = new SandboxProcess();
  await sandbox.start();
  await sandbox.crash();
  await sandbox.stop();
  await expect(fetch(sandbox.url)).rejects.toThrow();
});
