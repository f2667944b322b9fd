import type { Config } from '@aoai/config';
import { entryOf, type Entry } from '../journal/entry.ts';
import { createJournal, type JournalOptions } from '../journal/journal.ts';
import { recordedRequest, type RecordedRequest } from '../journal/recorded-request.ts';
import type { PageControls } from '../page/page.ts';
import type { Random } from '../random.ts';
import type { Recording } from '../recording/recording.ts';
import { createReplay } from '../recording/replay.ts';
import { modelError } from '../service/envelopes.ts';
import type { Exchange } from '../service/exchange.ts';
import type { MockDeployment } from '../service/mock-deployment.ts';
import type { DeploymentRequest } from '../service/operation.ts';
import type { Scripted, Service } from '../service/service.ts';
import type { Finding } from '../verdict/finding.ts';
import { findingsOf, verdict } from '../verdict/verdict.ts';
import { UnconsumedRepliesError, UnexpectedRequestError } from './errors.ts';
import type { ClosedPorts } from './closed-ports.ts';
import type { Fault } from './fault.ts';
import type { ObserveListener } from './observed.ts';
import { createScript, type FailOptions, type Script } from './script.ts';

export interface StageOptions {
  readonly random: Random;
  /** Whether names may be used that are not in the config. */
  readonly anyName: boolean;
  readonly strict: boolean;
  readonly timeScale: number;
  readonly closedPorts: ClosedPorts;
  readonly journal?: JournalOptions;
}

/** The controls of a mock for tests, and their hooks for the service. */
export interface Stage extends Pick<Script, 'reply' | 'fail'> {
  /** What the live page shows. */
  readonly traffic: Pick<PageControls, 'called' | 'count' | 'recent' | 'armed' | 'disarm'>;
  readonly hooks: Required<Pick<Service, 'strike' | 'script' | 'begun' | 'finished'>>;
  readonly replay: (recording: Recording) => void;
  requests(name?: string): readonly RecordedRequest[];
  verdict(): readonly Finding[];
  assertConsumed(): void;
  observe(listener: ObserveListener): () => void;
  reset(): void;
}

/** Script, journal and verdict of one mock. */
export function createStage(config: Config, options: StageOptions): Stage {
  const script = createScript(config, options);
  const journal = createJournal(options.journal);
  const replay = createReplay();
  const observers = new Set<ObserveListener>();
  const counts = new Map<MockDeployment, number>();
  const rules = { timeScale: options.timeScale, keysForbidden: config.policy.apiKeys === 'forbid' };
  let surprise: { readonly exchange: Exchange; readonly target: string } | undefined;

  function fail(name: string, fault: Fault, how?: FailOptions): void {
    if (fault.refusesForMs === undefined) {
      script.fail(name, fault, how);
      return;
    }
    for (const resource of resourcesOf(config, name)) options.closedPorts.close(resource, fault.refusesForMs);
  }

  function observed(entry: Entry): void {
    const all = journal.entries();
    const findings = findingsOf(entry, all.slice(0, all.indexOf(entry)), rules);
    const request = recordedRequest(entry);
    for (const observer of observers) observer({ request, findings });
  }

  function play(request: DeploymentRequest, exchange: Exchange): Scripted | Promise<Scripted> | undefined {
    const taken = script.take(request, () => recordedRequest(exchange));
    if (taken !== undefined || !options.strict) return taken;
    surprise ??= { exchange, target: request.deployment.key };
    return { intervention: { response: unscripted(request) }, restore: () => undefined };
  }

  function requests(name?: string): readonly RecordedRequest[] {
    const members = name === undefined ? undefined : membersOf(config, name);
    return journal
      .entries()
      .filter(({ deployment }) => members === undefined || members.has(deployment?.key ?? ''))
      .map(recordedRequest);
  }

  return {
    hooks: {
      strike: (request, deployment) => script.strike(request, deployment?.key) ?? replay.strike(request),
      script: play,
      begun: journal.begin,
      finished: (exchange) => {
        const { deployment } = exchange;
        const known = deployment === undefined ? undefined : counts.get(deployment);
        // With `anyDeployment` a hostile caller can invent any number of names.
        if (deployment !== undefined && (known !== undefined || counts.size < 1_000)) {
          counts.set(deployment, (known ?? 0) + 1);
        }
        const kept = journal.finish(exchange);
        if (kept !== undefined && observers.size > 0) observed(entryOf(kept));
      },
    },
    traffic: {
      armed: script.armed,
      disarm: script.disarm,
      called: () => counts.keys(),
      count: (deployment) => counts.get(deployment) ?? 0,
      recent(count) {
        const all = journal.entries();
        const first = Math.max(0, all.length - count);
        return all.slice(first).map((entry, index) => ({
          request: recordedRequest(entry),
          findings: findingsOf(entry, all.slice(0, first + index), rules),
        }));
      },
    },
    reply: script.reply,
    replay: (recording) => {
      replay.add(recording);
    },
    fail,
    requests,
    verdict: () => verdict(journal.entries(), rules),
    assertConsumed() {
      if (surprise !== undefined) {
        throw new UnexpectedRequestError(recordedRequest(surprise.exchange), surprise.target);
      }
      const left = script.unconsumed();
      if (left.length > 0) throw new UnconsumedRepliesError(left);
    },
    observe(listener) {
      observers.add(listener);
      return () => {
        observers.delete(listener);
      };
    },
    reset() {
      options.closedPorts.open();
      script.clear();
      replay.clear();
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

function resourcesOf(config: Config, name: string): Iterable<string> {
  if (name === '*') return Object.keys(config.resources);
  return new Set([...membersOf(config, name)].flatMap((key) => config.deployments[key]?.resource ?? []));
}

function membersOf(config: Config, name: string): ReadonlySet<string> {
  const pool = config.pools[name];
  return new Set(pool === undefined ? [name] : pool.flat().map(({ deployment }) => deployment));
}
