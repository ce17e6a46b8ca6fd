/**
 * Asks this process to stop (SIGTERM) when the npm that started it is gone: killed, npm passes nothing on.
 * Started without npm, a process may well outlive its parent, so nothing is watched then.
 */
export function watchParent() {
  if (!process.env.npm_lifecycle_event) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, 1000);
  timer.unref();
}
