import { appendFile, closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

export type JournalEntry = { provider: string; event: unknown };

const appendTo = promisify(appendFile);
const FLUSH_MS = 100;

/**
 * An append-only JSONL file. Entries are buffered, written every 100 ms and on close; what a `kill -9` of the
 * sandbox itself loses is at most those 100 ms.
 */
export class Journal {
  private readonly file: string;
  private descriptor: number | undefined;
  private buffer: JournalEntry[] = [];
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(file: string) {
    this.file = file;
  }

  /** Entries in order. A torn last line (a crash during a write) is left out; any other bad line is an error. */
  *read(): Generator<JournalEntry> {
    if (!existsSync(this.file)) return;
    const lines = readFileSync(this.file, 'utf8').split('\n');
    for (const [index, line] of lines.entries()) {
      if (line === '') continue;
      try {
        yield JSON.parse(line) as JournalEntry;
      } catch {
        if (index === lines.length - 1) return;
        throw new Error(`${this.file}: line ${index + 1} is not JSON`);
      }
    }
  }

  /**
   * Replaces the file by the present state in one rename, so that a crash leaves the old file or the new one, and
   * writes from now on. Before this call nothing is written: a sandbox that can't listen leaves the file alone.
   */
  start(state: Iterable<JournalEntry>): void {
    mkdirSync(dirname(this.file), { recursive: true });
    const fresh = `${this.file}.new`;
    const descriptor = openSync(fresh, 'w');
    for (const entry of state) writeSync(descriptor, toLine(entry));
    fsyncSync(descriptor);
    closeSync(descriptor);
    renameSync(fresh, this.file);
    this.descriptor = openSync(this.file, 'a');
  }

  append(entry: JournalEntry): void {
    if (this.descriptor === undefined) return;
    this.buffer.push(entry);
    this.timer ??= setTimeout(() => void this.flush(), FLUSH_MS);
  }

  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { descriptor } = this;
    if (this.buffer.length > 0 && descriptor !== undefined) {
      const text = this.buffer.map(toLine).join('');
      this.buffer = [];
      this.writing = this.writing.then(() => appendTo(descriptor, text)).catch(reportLoss);
    }
    return this.writing;
  }

  async close(): Promise<void> {
    await this.flush();
    if (this.descriptor !== undefined) closeSync(this.descriptor);
    this.descriptor = undefined;
  }
}

const toLine = (entry: JournalEntry): string => `${JSON.stringify(entry)}\n`;

function reportLoss(error: unknown): void {
  process.stderr.write(`sandbox: the journal could not be written: ${String(error)}\n`);
}
