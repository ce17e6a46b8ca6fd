import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { parseJsonBounded } from '../../../shared/http/parse-json.js';
import { CodedError } from '../../../shared/kernel/coded-error.js';
import { alertOf } from '../domain/alert.js';
import { objectOf } from '../domain/json.js';
import { PayloadRefused, SignatureMissing, SignatureRefused } from '../intake.errors.js';
import type {
  Channel,
  Draft,
  Genuine,
  InboundRequest,
  Secrets,
  SignedDraft,
  SignOptions,
  Update,
} from './channel.js';
import { basicCredentials, sameText } from './signatures.js';
import { digestOf } from './untrusted.js';

const secretName = 'alertmanager.webhook-token';
/** Groups are large: each alert has a dozen labels and annotations. The body's size bounds them anyway. */
const mostMembers = 100_000;

/**
 * Alertmanager's webhook, version 4 (https://prometheus.io/docs/alerting/latest/configuration/#webhook_config). It
 * signs nothing and is known by a token. It repeats what was answered with 5xx only, so 503 stands for busy.
 */
@Injectable()
export class AlertmanagerChannel implements Channel {
  readonly name = 'alertmanager';
  readonly path = 'alertmanager';
  readonly title = 'Alertmanager';
  readonly mediaTypes = ['application/json'];
  readonly secrets = [secretName] as const;
  readonly answer = { taken: 200, body: 'receipt', unreadable: 'refuse', busy: 503 } as const;

  verify({ headers }: InboundRequest, secrets: Secrets): Genuine {
    const token = tokenOf(headers['authorization']);
    if (token === undefined) throw SignatureMissing({ message: 'The request has no bearer token.' });
    const fitting = secrets(secretName).filter((secret) => sameText(secret, token));
    if (fitting.length === 0)
      throw SignatureRefused({ message: 'The token is not the one of this channel.' });
    return {};
  }

  read({ body }: InboundRequest): readonly Update[] {
    const { version, alerts, groupKey } = objectOf(parseJsonBounded(body, { maxKeys: mostMembers }));
    if (version !== '4') throw PayloadRefused({ message: 'The version of the notification is not 4.' });
    if (!Array.isArray(alerts)) throw PayloadRefused({ message: 'The notification has no list of alerts.' });
    const group = typeof groupKey === 'string' ? groupKey : '';
    return alerts.map((alert: unknown) => updateOf(alert, group));
  }

  example(_source: string, unique: string, now: Date): Draft {
    const startsAt = `${now.toISOString().slice(0, -1)}456789Z`;
    const labels = { alertname: 'ExampleAlert', severity: 'warning', instance: unique };
    const fingerprint = createHash('sha256').update(unique).digest('hex').slice(0, 16);
    const firing = { status: 'firing', fingerprint, startsAt, endsAt: '0001-01-01T00:00:00Z' };
    const alert = { ...firing, labels, annotations: { summary: 'An example' }, generatorURL: '' };
    const group = { version: '4', groupKey: '{}:{alertname="ExampleAlert"}', truncatedAlerts: 0 };
    const body = { ...group, status: 'firing', receiver: 'signalbox', alerts: [alert] };
    return { contentType: 'application/json', body: Buffer.from(JSON.stringify(body)) };
  }

  /** Only named, for nothing is signed. */
  sign(draft: Draft, { secrets }: SignOptions): SignedDraft {
    const [token = ''] = secrets(secretName);
    return { ...draft, headers: { authorization: `Bearer ${token}` } };
  }
}

/** A bearer token (RFC 6750), or the password of basic authentication, whoever the user is. */
function tokenOf(header = ''): string | undefined {
  return /^bearer +(\S{1,1000})$/i.exec(header.trim())?.[1] ?? basicCredentials(header)?.password;
}

/**
 * Alertmanager repeats what fires, under the same key. One that is broken is told apart by its content, and leaves its
 * neighbours alone. A `firing` that comes after its `resolved` is out of date.
 */
function updateOf(alert: unknown, group: string): Update {
  try {
    const { message, occurrence, status, rank } = alertOf(alert, group);
    const subject = `alert:${message.fingerprint}`;
    return {
      key: `${occurrence} ${status}`,
      event: { message, subject, partitionKey: subject, dataSubjects: [] },
      order: { key: occurrence, at: rank },
    };
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    return { key: `unreadable:${digestOf(alert)}`, rejected: error };
  }
}
