import type { Config } from '@aoai/config';
import { createJournal, type JournalOptions } from '../journal/journal.ts';
import { recordedRequest, type RecordedRequest } from '../journal/recorded-request.ts';
import type { Random } from '../random.ts';
import { modelError } from '../service/envelopes.ts';
import type { Exchange } from '../service/exchange.ts';
import type { DeploymentRequest } from '../service/operation.ts';
import type { Scripted, Service } from '../service/service.ts';
import type { Finding } from '../verdict/finding.ts';
import { verdict } from '../verdict/verdict.ts';
import { UnconsumedRepliesError, UnexpectedRequestError } from './errors.ts';
import { createScript, type Script } from './script.ts';

export interface StageOptions {
  readonly random: Random;
  /** Whether names may be used that the config does not have. */
  readonly anyName: boolean;
  readonly strict: boolean;
  readonly timeScale: number;
  readonly journal?: JournalOptions;
}

/** What a test does to a mock and sees of it, and what the service needs for that. */
export interface Stage extends Pick<Script, 'reply' | 'fail'> {
  readonly hooks: Required<Pick<Service, 'strike' | 'script' | 'begun'>>;
  requests(name?: string): readonly RecordedRequest[];
  verdict(): readonly Finding[];
  assertConsumed(): void;
  reset(): void;
}

/** Script, journal and verdict of one mock. */
export function createStage(config: Config, options: StageOptions): Stage {
  const script = createScript(config, options);
  const journal = createJournal(options.journal);
  let surprise: Exchange | undefined;

  function play(request: DeploymentRequest, exchange: Exchange): Scripted | Promise<Scripted> | undefined {
    const taken = script.take(request, () => recordedRequest(exchange));
    if (taken !== undefined || !options.strict) return taken;
    surprise ??= exchange;
    return { intervention: { response: unscripted(request) }, restore: () => undefined };
  }

  function requests(name?: string): readonly RecordedRequest[] {
    const members = name === undefined ? undefined : membersOf(config, name);
    return journal
      .exchanges()
      .filter(({ deployment }) => members === undefined || members.has(deployment?.key ?? ''))
      .map(recordedRequest);
  }

  return {
    hooks: {
      strike: (request, deployment) => script.strike(request, deployment?.key),
      script: play,
      begun: journal.add,
    },
    reply: script.reply,
    fail: script.fail,
    requests,
    verdict: () =>
      verdict(journal.exchanges(), {
        timeScale: options.timeScale,
        keysForbidden: config.policy.apiKeys === 'forbid',
      }),
    assertConsumed() {
      if (surprise !== undefined) {
        throw new UnexpectedRequestError(recordedRequest(surprise), surprise.deployment?.key ?? '');
      }
      const left = script.unconsumed();
      if (left.length > 0) throw new UnconsumedRepliesError(left);
    },
    reset() {
      script.clear();
      journal.clear();
      surprise = undefined;
    },
  };
}

/** 400, so that no client tries again. */
function unscripted({ deployment }: DeploymentRequest) {
  const message = `Nothing is scripted for ${JSON.stringify(deployment.key)}, and the mock is strict.`;
  return modelError(400, { message, type: 'invalid_request_error', param: null, code: 'UnexpectedRequest' });
}

function membersOf(config: Config, name: string): ReadonlySet<string> {
  const pool = config.pools[name];
  return new Set(pool === undefined ? [name] : pool.flat().map(({ deployment }) => deployment));
}
