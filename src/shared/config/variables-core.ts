import { base64Bytes, baseUrl, matching, oneOf, secret, subsetOf, url, wholeNumber } from './shapes.js';
import { optional, withDefault } from './variable.js';

export const PROFILES = ['embedded', 'production'] as const;
export const ROLES = ['gateway', 'relay', 'worker', 'scheduler', 'admin'] as const;
export const FLOW_MODES = ['off', 'shadow', 'redirect', 'live'] as const;
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

const POSTGRES_URL = 'a URL `postgres://user:password@host:port/database`';
const PORT_NUMBER = 'a port number, 1 to 65535';
const KEY = 'base64 of 32 random bytes';
const MAKE_KEY =
  'Make one with `openssl rand -base64 32` and keep a copy: without it nothing encrypted can be read.';

/** The variables of the process itself; those of channels and providers have a file of their own. */
export const CORE_VARIABLES = {
  SIGNALBOX_PROFILE: withDefault('production', {
    group: 'Process',
    shape: '`embedded` or `production`',
    remedy: 'Use `embedded` to try it out with a database of its own, `production` otherwise.',
    does: 'Whether the process brings PostgreSQL and simulated providers along. `npm start` sets `embedded`.',
    parse: oneOf(PROFILES),
  }),
  SIGNALBOX_ROLES: withDefault('all', {
    group: 'Process',
    shape: '`all`, or a comma-separated list of `gateway`, `relay`, `worker`, `scheduler` and `admin`',
    remedy: 'Name the parts that this process has to run.',
    does: 'Which parts run in this process.',
    parse: subsetOf(ROLES),
  }),
  SIGNALBOX_FLOW_MODE: optional('`live` when every connector is the sandbox’s, otherwise `shadow`', {
    group: 'Process',
    shape: '`off`, `shadow`, `redirect` or `live`',
    remedy: 'Choose one of the four, or unset it.',
    does: 'Mode of the flows that have none set yet.',
    parse: oneOf(FLOW_MODES),
  }),
  SIGNALBOX_DATA_DIR: withDefault('.signalbox', {
    group: 'Process',
    shape: 'the path of a folder',
    remedy: 'Name a folder that the process may write.',
    does: 'Where files are kept: in the embedded profile the database, its log and the generated secrets.',
    parse: matching(/\S/),
  }),
  NODE_ENV: optional('none', {
    group: 'Process',
    shape: 'a word such as `production`, `development` or `test`',
    remedy: 'Set it to `production` where real events are handled.',
    does: '`production` refuses the switches that exist for tests.',
    parse: matching(/^\w+$/),
  }),
  HOST: optional('`127.0.0.1` embedded, `0.0.0.0` in production', {
    group: 'HTTP',
    shape: 'a host name or an IP address',
    remedy: 'Set it to the address of the interface to listen on.',
    does: 'Interface to listen on.',
    parse: matching(/^[\w.:%-]+$/),
  }),
  SIGNALBOX_TRUSTED_PROXIES: optional('none', {
    group: 'HTTP',
    shape: 'a comma-separated list of addresses or networks, such as `10.0.0.0/8,127.0.0.1`',
    remedy: 'Name the proxies that stand before this process, and nothing else.',
    does: 'Proxies whose `X-Forwarded-For` is believed; without it the connection’s own address counts.',
    parse: matching(/^[\da-fA-F.:/]+(,[\da-fA-F.:/]+)*$/),
  }),
  PORT: withDefault('3000', {
    group: 'HTTP',
    shape: 'a port number, 1 to 65535, or 0 for a free one',
    remedy: 'Set it to a number that no other program uses.',
    does: 'Port to listen on.',
    parse: wholeNumber(0, 65535),
  }),
  PUBLIC_URL: optional('`http://` and the host and port listened on', {
    group: 'HTTP',
    shape: 'an `http://` or `https://` URL without query',
    remedy: 'Set it to the address at which providers and browsers reach this installation.',
    does: 'Address from outside; some providers sign it, and links in messages begin with it.',
    parse: baseUrl(),
  }),
  SIGNALBOX_REQUEST_SECONDS: withDefault('30', {
    group: 'HTTP',
    shape: 'a whole number of seconds, 1 to 600',
    remedy: 'Leave it at the default unless senders are slow for a reason.',
    does: 'How long a request may take to arrive; a slower one is answered with 408.',
    parse: wholeNumber(1, 600),
  }),
  DATABASE_URL: optional('embedded: the embedded PostgreSQL; in production required', {
    group: 'Storage and queue',
    shape: POSTGRES_URL,
    remedy: 'Set it to a PostgreSQL database, or start the embedded profile with `npm start`.',
    does: 'The database. When it is set, the embedded profile starts none.',
    secret: true,
    parse: secret(url('postgres', 'postgresql')),
  }),
  DIRECT_DATABASE_URL: optional('the value of `DATABASE_URL`', {
    group: 'Storage and queue',
    shape: POSTGRES_URL,
    remedy: 'Set it when a transaction pooler stands before the database, or unset it.',
    does: 'The same database without a pooler between: migrations, session locks and notifications need that.',
    secret: true,
    parse: secret(url('postgres', 'postgresql')),
  }),
  SIGNALBOX_DB_POOL: withDefault('10', {
    group: 'Storage and queue',
    shape: 'a whole number, 1 to 500',
    remedy: 'Keep the sum over all processes below the server’s `max_connections`.',
    does: 'Most database connections of this process’s own pool; the queue has its own besides.',
    parse: wholeNumber(1, 500),
  }),
  SIGNALBOX_POSTGRES_PORT: optional('a free one is picked', {
    group: 'Storage and queue',
    shape: PORT_NUMBER,
    remedy: 'Set it to a number that no other program uses, or unset it.',
    does: 'Embedded profile: port of its PostgreSQL on 127.0.0.1.',
    parse: wholeNumber(1, 65535),
  }),
  REDIS_URL: optional('none: the queue is kept in PostgreSQL', {
    group: 'Storage and queue',
    shape: 'a URL `redis://host:port` or `rediss://host:port`',
    remedy: 'Set it to a Redis whose `maxmemory-policy` is `noeviction`, or unset it.',
    does: 'Keeps the queue in Redis.',
    secret: true,
    parse: secret(url('redis', 'rediss')),
  }),
  SIGNALBOX_MASTER_KEY: optional('embedded: generated in the data directory; in production required', {
    group: 'Keys',
    shape: KEY,
    remedy: MAKE_KEY,
    does: 'Key-encryption key. Set this or `SIGNALBOX_MASTER_KEY_FILE`, never both.',
    secret: true,
    parse: secret(base64Bytes(32)),
  }),
  SIGNALBOX_MASTER_KEY_FILE: optional('none', {
    group: 'Keys',
    shape: 'the path of a readable file that holds base64 of 32 random bytes',
    remedy: MAKE_KEY,
    does: 'File with the key-encryption key, as container platforms mount secrets.',
    parse: matching(/\S/),
  }),
  SIGNALBOX_ADMIN_KEY: optional('none: the first key is generated and printed once', {
    group: 'Keys',
    shape: '`sbx_<id>_<secret>` with at least 32 characters of secret',
    remedy: 'Use letters and digits for the id, and letters, digits, `-` or `_` for the secret; or unset it.',
    does: 'The first administrator’s API key, for installations that are set up by a script.',
    secret: true,
    parse: secret(matching(/^sbx_[A-Za-z0-9]{1,32}_[\w-]{32,}$/)),
  }),
  SIGNALBOX_LOG_LEVEL: withDefault('info', {
    group: 'Operation',
    shape: '`trace`, `debug`, `info`, `warn`, `error`, `fatal` or `silent`',
    remedy: 'Choose one of them.',
    does: 'Least severe entries that are logged.',
    parse: oneOf(LOG_LEVELS),
  }),
  SIGNALBOX_LOG_FORMAT: optional('`pretty` embedded, `json` in production', {
    group: 'Operation',
    shape: '`json` or `pretty`',
    remedy: 'Choose `json` where a program reads the log.',
    does: 'One JSON object a line, or lines for people.',
    parse: oneOf(['json', 'pretty']),
  }),
  SIGNALBOX_LEASE_SECONDS: withDefault('30', {
    group: 'Operation',
    shape: 'a whole number of seconds, 1 to 3600',
    remedy: 'Keep it well above the duration of one unit of work.',
    does: 'How long a claimed piece of work is left to a process that doesn’t report back.',
    parse: wholeNumber(1, 3600),
  }),
  SIGNALBOX_CRASH_POINT: optional('none', {
    group: 'Operation',
    shape: 'the name of a crash point, and `NODE_ENV` other than `production`',
    remedy: 'Unset it: it exists for the crash tests only.',
    does: 'Tests: the process kills itself when it gets to this point.',
    parse: matching(/^[a-z0-9][a-z0-9.:-]*$/),
  }),
  SIGNALBOX_BROKEN_GUARDS: optional('none', {
    group: 'Operation',
    shape: 'a comma-separated list of `fence`, `ledger` and `dedupe`, and `NODE_ENV` other than `production`',
    remedy: 'Unset it: it exists to prove that a missing guard is noticed.',
    does: 'Tests: switches guards off.',
    parse: matching(/^(fence|ledger|dedupe)(,(fence|ledger|dedupe))*$/),
  }),
  SIGNALBOX_URL: optional('`http://127.0.0.1:3000`', {
    group: 'Command line',
    shape: 'an `http://` or `https://` URL without query',
    remedy: 'Set it to the address of the installation.',
    does: 'Which installation `signalbox` commands speak to.',
    parse: baseUrl(),
  }),
  SIGNALBOX_API_KEY: optional('none: `--key` is needed', {
    group: 'Command line',
    shape: '`sbx_<id>_<secret>`',
    remedy: 'Set it to an API key that may do what is asked.',
    does: 'The API key of `signalbox` commands.',
    secret: true,
    parse: secret(matching(/^\S+$/)),
  }),
};
