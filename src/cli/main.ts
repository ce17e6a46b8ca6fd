#!/usr/bin/env node
/** The operator's command line: it speaks to the admin API and does nothing else. */
import { parseArgs } from 'node:util';
import { commandLineSettings } from '../shared/config/command-line.js';
import { AdminApi, ApiFailure } from './admin-api.js';
import { channels, tryChannel } from './channels.js';
import { connect } from './connect.js';
import type { CommandContext } from './command.js';
import { config } from './config.js';

const usage = `signalbox <command> [options]

  connect <provider>     check credentials and scopes, say what is missing, create it when you agree,
                         say what to enter at the provider, and wait for its first genuine delivery
  channels               the ways in: open or closed, what was accepted and refused last
  try <channel> [source] read a sample that is signed with the channel's current secret
                         (--deliver: take it in earnest)
  config export          print policies, settings of flows and forms as one document, without secrets
  config diff FILE       what applying a document would change; exit code 1 when it is something
  config apply FILE      make it so, when you agree (--reason: for the audit log)

  --url URL              the installation (SIGNALBOX_URL; default http://127.0.0.1:3000)
  --key KEY              an API key (SIGNALBOX_API_KEY)
  --yes                  agree to what is asked
  --wait SECONDS         connect: how long to wait for a delivery (default 300, 0: not at all)
`;

const commands: Readonly<Record<string, (context: CommandContext, ...names: string[]) => Promise<boolean>>> =
  {
    connect,
    channels,
    try: tryChannel,
    config,
  };

const settings = commandLineSettings();
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    url: { type: 'string', default: settings.url },
    key: { type: 'string', default: settings.apiKey },
    yes: { type: 'boolean', default: false },
    deliver: { type: 'boolean', default: false },
    wait: { type: 'string', default: '300' },
    reason: { type: 'string', default: 'applied from a file' },
    help: { type: 'boolean', default: false },
  },
});

async function run(): Promise<boolean> {
  const [name = '', ...names] = positionals;
  const command = commands[name];
  if (!command || values.help) {
    process.stdout.write(usage);
    return values.help || name === '';
  }
  const context: CommandContext = {
    api: new AdminApi(values.url.replace(/\/+$/, ''), values.key),
    print: (text) => void process.stdout.write(`${text}\n`),
    yes: values.yes,
    deliver: values.deliver,
    waitSeconds: Number(values.wait) || 0,
    reason: values.reason,
  };
  return command(context, ...names);
}

try {
  process.exitCode = (await run()) ? 0 : 1;
} catch (error) {
  process.stderr.write(
    `${error instanceof ApiFailure ? error.message : `It failed: ${(error as Error).message}`}\n`,
  );
  process.exitCode = 1;
}
