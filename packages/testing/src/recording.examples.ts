import { readRecording, startRecorder, type MockAzure } from '@aoai/testing';

/** Records what `talk` asks a real endpoint. */
export async function record(options: {
  readonly realEndpoint: string;
  readonly file: string;
  readonly talk: (endpoint: string) => Promise<void>;
}): Promise<void> {
  const { realEndpoint, file, talk } = options;
  //#region record
  const recorder = await startRecorder({ endpoint: realEndpoint, file, maskContent: true });
  await talk(recorder.endpoint); // with the client's own key or token; neither is recorded
  await recorder.close(); // writes the file
  //#endregion
}

/** Answers from a recording. */
export async function replay(azure: MockAzure, file: string): Promise<void> {
  //#region replay
  azure.replay(await readRecording(file));
  //#endregion
}
