import { audioOperations } from '../audio/operations.ts';
import { batchOperations } from '../batches/operations.ts';
import { chatOperations } from '../chat/operations.ts';
import { completionOperations } from '../completions/operations.ts';
import { containerOperations } from '../containers/operations.ts';
import { conversationOperations } from '../conversations/operations.ts';
import { embeddingOperations } from '../embeddings/operations.ts';
import { evalOperations } from '../evals/operations.ts';
import { fileOperations } from '../files/operations.ts';
import { fineTuningOperations } from '../fine-tuning/operations.ts';
import { imageOperations } from '../images/operations.ts';
import { modelOperations } from '../models/operations.ts';
import { realtimeOperations } from '../realtime/operations.ts';
import { responseOperations } from '../responses/operations.ts';
import { vectorStoreOperations } from '../vector-stores/operations.ts';
import type { Operation } from './operation.ts';

/** All operations of the mock. A group of operations is added with one line. */
export const operations: readonly Operation[] = [
  ...chatOperations,
  ...responseOperations,
  ...completionOperations,
  ...conversationOperations,
  ...embeddingOperations,
  ...modelOperations,
  ...fileOperations,
  ...batchOperations,
  ...imageOperations,
  ...audioOperations,
  ...realtimeOperations,
  ...vectorStoreOperations,
  ...containerOperations,
  ...fineTuningOperations,
  ...evalOperations,
];
