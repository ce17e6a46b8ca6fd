const pattern = /^P(?:(\d{1,4})W)?(?:(\d{1,4})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:(\d{1,6})S)?)?$/;

/**
 * Milliseconds of an ISO 8601 duration of weeks, days, hours, minutes and seconds (`P14D`, `PT36H`). A day has 24 hours:
 * what is meant by the calendar is a time, not a duration.
 * @throws Error when it is none
 */
export function durationMs(text: string): number {
  const [, weeks, days, hours, minutes, seconds] = pattern.exec(text) ?? [];
  const parts = [weeks, days, hours, minutes, seconds];
  if (parts.every((part) => part === undefined)) throw new Error(`"${text}" is no duration such as P14D`);
  const inSeconds = [604_800, 86_400, 3_600, 60, 1];
  return parts.reduce((sum, part, index) => sum + Number(part ?? 0) * (inSeconds[index] ?? 0), 0) * 1000;
}
