import { AlertFired, AlertResolved } from '../contracts.js';
import { PayloadRefused } from '../intake.errors.js';
import { instantOf } from './instant.js';
import { isObject } from './json.js';

const mostTexts = 64;
const longestTextName = 200;
const longestLabel = 500;
const longestAnnotation = 4_000;
const longestName = 300;
const longestGroup = 2_000;

/** How far an alert of one time has come: what is over does not fire again. */
const ranks = { firing: 1, resolved: 2 } as const;

/** What Alertmanager says of one alert. */
export interface ToldAlert {
  readonly message: AlertFired | AlertResolved;
  /** Fingerprint and start: the alert from when it fires to when it is over. */
  readonly occurrence: string;
  readonly status: keyof typeof ranks;
  readonly rank: number;
}

/**
 * One alert of a notification, by its own status: the notification's is that of the group
 * (https://prometheus.io/docs/alerting/latest/configuration/#webhook_config).
 * @param group the group's key
 * @throws INTAKE.PAYLOAD_REFUSED
 */
export function alertOf(alert: unknown, group: string): ToldAlert {
  if (!isObject(alert)) throw broken('it is no object');
  const { status, fingerprint, startsAt, endsAt } = alert;
  if (status !== 'firing' && status !== 'resolved') throw broken('its status is neither firing nor resolved');
  if (typeof fingerprint !== 'string' || !/^[\x21-\x7e]{1,100}$/.test(fingerprint)) {
    throw broken('it has no fingerprint');
  }
  const start = instantOf(startsAt)?.toISOString();
  if (start === undefined) throw broken('its startsAt is no time');
  const labels = textsOf('labels', alert['labels'], longestLabel);
  const common = {
    fingerprint,
    name: (labels['alertname'] ?? '').slice(0, longestName),
    labels,
    annotations: textsOf('annotations', alert['annotations'], longestAnnotation),
    startsAt: start,
    group: group.slice(0, longestGroup),
  };
  const message =
    status === 'firing' ? new AlertFired(common) : new AlertResolved({ ...common, ...endOf(endsAt) });
  return { message, occurrence: `${fingerprint} ${start}`, status, rank: ranks[status] };
}

/** The zero time of Go stands for none. */
function endOf(endsAt: unknown): { endsAt?: string } {
  const end = instantOf(endsAt)?.toISOString();
  return end === undefined || end.startsWith('0001-') ? {} : { endsAt: end };
}

/** The first 64, each cut to its length; none is as good as an empty object. */
function textsOf(what: string, texts: unknown, longest: number): Record<string, string> {
  if (texts === undefined || texts === null) return {};
  if (!isObject(texts)) throw broken(`its ${what} are no object`);
  const entries = Object.entries(texts).slice(0, mostTexts);
  return Object.fromEntries(
    entries.map(([name, value]) => {
      if (typeof value !== 'string') throw broken(`its ${what} are not all texts`);
      return [name.slice(0, longestTextName), value.slice(0, longest)];
    }),
  );
}

function broken(why: string): Error {
  return PayloadRefused({ message: `This is no alert that can be taken: ${why}.` });
}
