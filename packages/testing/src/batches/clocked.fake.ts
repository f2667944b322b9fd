import type { OpenAI } from 'openai';
import { afterEach, beforeEach } from 'vitest';
import { manualClock, type ManualClock } from '../clock.ts';
import { startMockAzure, type MockAzure } from '../start-mock-azure.ts';
import { connect } from './batching.fake.ts';

/** A mock whose time the test moves, and the SDK on it: new for each test. */
export interface ClockedFixture {
  readonly azure: MockAzure;
  readonly client: OpenAI;
  readonly clock: ManualClock;
}

/** Starts the mock before each test of a file. */
export function useClockedMock(): ClockedFixture {
  let started: ClockedFixture | undefined;
  const given = (): ClockedFixture => {
    if (started === undefined) throw new TypeError('The mock starts before each test.');
    return started;
  };
  beforeEach(async () => {
    const clock = manualClock();
    const azure = await startMockAzure({ clock });
    started = { azure, clock, client: connect(azure) };
  });
  afterEach(async () => given().azure.close());
  return {
    get azure() {
      return given().azure;
    },
    get client() {
      return given().client;
    },
    get clock() {
      return given().clock;
    },
  };
}
