import { writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import { openClinic } from './open-clinic.ts';
import { dueForErasure } from './store/retention.ts';
import { exportAsHtml } from './store/subject.ts';

const usage = `Usage: node src/operator-command.ts <command>
  verify                               check the audit against its anchors
  retention [--dry-run]                erase who is past the retention period
  export <patient> [--out FOLDER]      write what is stored about one person (JSON and HTML)
  erase <patient> --reason request     erase one person
  hold <patient> <name> | --lift       set or lift a legal hold
  rotate                               new wrapping key, all data keys wrapped anew`;

class UsageError extends Error {}

type Opened = ReturnType<typeof openClinic>;

interface Told extends Opened {
  /** Tells what was done, as soon as it is. */
  readonly say: (line: string) => void;
}

const commands: Readonly<Record<string, (told: Told, rest: string[]) => Promise<void> | void>> = {
  verify: ({ clinic, say }) => {
    const verdict = clinic.audit.verify();
    if (!verdict.isWhole) throw new Error(`The audit is not whole. ${verdict.problem}`);
    say(`The audit is whole: ${verdict.entries} entries, anchored ${verdict.anchoredAt ?? 'never'}.`);
  },
  retention: ({ clinic, database, say }, rest) => {
    const { values } = parseArgs({ args: rest, options: { 'dry-run': { type: 'boolean', default: false } } });
    const due = dueForErasure(database, new Date());
    for (const { id, lastContact, hold } of due) {
      const held = hold === undefined ? '' : `  kept: legal hold "${hold}"`;
      say(`${id}  last contact ${lastContact.slice(0, 10)}${held}`);
      if (hold === undefined && !values['dry-run']) clinic.erase(actor(), id, 'retention');
    }
    const free = due.filter(({ hold }) => hold === undefined).length;
    say(values['dry-run'] ? `${free} would be erased (dry run).` : `${free} erased.`);
  },
  export: async ({ clinic, say }, rest) => {
    const { values, positionals } = parseArgs({
      args: rest,
      options: { out: { type: 'string', default: '.' } },
      allowPositionals: true,
    });
    const id = oneOf(positionals);
    const data = await clinic.exportSubject(actor(), id);
    const path = `${values.out}/${id}`;
    writeFileSync(`${path}.json`, `${JSON.stringify(data, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
    writeFileSync(`${path}.html`, exportAsHtml(data), { mode: 0o600, flag: 'wx' });
    say(`Wrote ${path}.json and ${path}.html: ${data.notes.length} notes.`);
  },
  erase: ({ clinic, say }, rest) => {
    const { values, positionals } = parseArgs({
      args: rest,
      options: { reason: { type: 'string' } },
      allowPositionals: true,
    });
    const { reason } = values;
    if (reason !== 'request' && reason !== 'retention')
      throw new UsageError('Say why: --reason request or --reason retention.');
    clinic.erase(actor(), oneOf(positionals), reason);
    say('Erased. The audit keeps the id.');
  },
  hold: ({ clinic, say }, rest) => {
    const { values, positionals } = parseArgs({
      args: rest,
      options: { lift: { type: 'boolean', default: false } },
      allowPositionals: true,
    });
    const [id, name] = positionals;
    if (id === undefined || (name === undefined) !== values.lift)
      throw new UsageError('Give a patient and the name of the hold, or --lift.');
    clinic.hold(actor(), id, values.lift ? undefined : name);
    say(values.lift ? 'The hold is lifted.' : 'The hold is set.');
  },
  rotate: async ({ clinic, wrapping, say }) => {
    wrapping.rotate?.();
    say(`${await clinic.rotateKeys(actor())} data keys are wrapped by ${await wrapping.currentKeyId()}.`);
  },
};

function oneOf(positionals: readonly string[]): string {
  const [id] = positionals;
  if (id === undefined || positionals.length > 1) throw new UsageError('Give the id of one patient.');
  return id;
}

/** Who is at the keyboard, for the audit. */
function actor(): string {
  return `operator:${userInfo().username}`;
}

export interface OperateOptions {
  readonly env?: NonNullable<Parameters<typeof openClinic>[0]>['env'];
  /** Gets each line of what was done. */
  readonly say: (line: string) => void;
  /** Gets why it was not. */
  readonly complain: (text: string) => void;
}

/**
 * Does what an operator asks for on the store that the environment names. Ends with 0, with 1 and one sentence, or with
 * 2 and the usage.
 */
export async function operate(
  [name = '', ...rest]: readonly string[],
  { env = process.env, say, complain }: OperateOptions,
): Promise<0 | 1 | 2> {
  try {
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (command === undefined) throw new UsageError(`There is no command ${JSON.stringify(name)}.`);
    const opened = openClinic({ env });
    try {
      await command({ ...opened, say }, rest);
      return 0;
    } finally {
      opened.close();
    }
  } catch (error) {
    const isUsage =
      error instanceof UsageError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
    complain(error instanceof Error ? error.message : String(error));
    if (!isUsage) return 1;
    complain(usage);
    return 2;
  }
}
