import { readFile, writeFile } from 'node:fs/promises';

/** Recorded requests to a real endpoint, with their answers. Made by `startRecorder`. */
export interface Recording {
  /** The format of the file. */
  readonly format: 'aoai-recording/1';
  /** Whether prompts and answers were replaced by the same number of `x`. */
  readonly isMasked: boolean;
  /** In the order of arrival. */
  readonly exchanges: readonly RecordedExchange[];
}

export interface RecordedExchange {
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly query?: Readonly<Record<string, string>>;
    readonly body?: unknown;
  };
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    /** A JSON body, or a text. */
    readonly body?: unknown;
    /** The events of a stream: JSON, or a text such as `[DONE]`. */
    readonly events?: readonly unknown[];
    /** Anything else, in base64. */
    readonly bytes?: string;
  };
}

/** Reads a recording. @throws {TypeError} when the file is not a recording. */
export async function readRecording(path: string): Promise<Recording> {
  const value = JSON.parse(await readFile(path, 'utf8')) as Partial<Recording> | null;
  if (value?.format !== 'aoai-recording/1' || !Array.isArray(value.exchanges)) {
    throw new TypeError(
      `Cannot replay ${JSON.stringify(path)}: not a recording. Make one with \`startRecorder\`.`,
    );
  }
  return value as Recording;
}

/** Writes a recording so that people can read and compare it: indented, with a line break at the end. */
export async function writeRecording(path: string, recording: Recording): Promise<void> {
  await writeFile(path, `${JSON.stringify(recording, undefined, 2)}\n`);
}
