import type { Exchange } from '../service/exchange.ts';
import type { MockDeployment } from '../service/mock-deployment.ts';
import { createAnswers, type AnswerBody } from './answers.ts';
import { createHistory, type HistoryOptions, type Series } from './history.ts';

/** What is remembered for the page, also while nobody looks at it. */
export interface Watch {
  /** An answer is on its way. */
  readonly answered: (exchange: Exchange, body: AnswerBody) => void;
  readonly finished: (exchange: Exchange) => void;
  readonly series: (deployment: MockDeployment) => Series | undefined;
  readonly answer: (sequence: number) => string | undefined;
}

export function createWatch(options: HistoryOptions): Watch {
  const history = createHistory(options);
  const answers = createAnswers();
  return {
    answered: ({ request }, body) => {
      answers.keep(request.sequence, body);
    },
    finished: ({ deployment, status }) => {
      if (deployment !== undefined) history.record(deployment, status);
    },
    series: history.series,
    answer: answers.text,
  };
}
