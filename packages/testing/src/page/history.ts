import type { QuotaUse } from '../limits/admission.ts';
import type { MockDeployment } from '../service/mock-deployment.ts';

/** How a deployment fared in the last minute of the person who looks, whatever the mock's time is. */
export interface Series {
  /** Seconds ago, and which share of the quota was used; none where there is no limit. */
  readonly levels: readonly (readonly [secondsAgo: number, share: number])[];
  /** Requests of each second, the oldest first. */
  readonly requests: readonly number[];
  /** How many of them were answered 429. */
  readonly throttled: readonly number[];
}

/** Keeps the last minute of every deployment that was called. */
export interface History {
  readonly record: (deployment: MockDeployment, status: number) => void;
  /** `undefined` for a deployment that was never called. */
  readonly series: (deployment: MockDeployment) => Series | undefined;
}

export interface HistoryOptions {
  readonly now: () => number;
  readonly timeScale: number;
  readonly use: (deployment: MockDeployment) => QuotaUse;
}

const seconds = 60;

interface Track {
  /** The second that was written last. */
  second: number;
  readonly requests: Uint32Array;
  readonly throttled: Uint32Array;
  readonly levels: { readonly second: number; readonly share: number }[];
}

/** Requests are counted as they come. The quota is looked at once in a second at most, and when somebody looks. */
export function createHistory({ now, timeScale, use }: HistoryOptions): History {
  const tracks = new WeakMap<MockDeployment, Track>();
  const secondNow = (): number => Math.floor(now() / (1000 * timeScale));

  function forward(track: Track, second: number): void {
    const first = Math.max(track.second + 1, second - seconds + 1);
    for (let each = first; each <= second; each += 1) {
      track.requests[each % seconds] = 0;
      track.throttled[each % seconds] = 0;
    }
    track.second = Math.max(track.second, second);
    while (track.levels[0] !== undefined && track.levels[0].second <= second - seconds) track.levels.shift();
  }

  function look(track: Track, deployment: MockDeployment): void {
    const share = shareOf(use(deployment));
    if (share === undefined) return;
    const last = track.levels.at(-1);
    if (last?.second !== track.second) track.levels.push({ second: track.second, share });
    else if (share > last.share) track.levels[track.levels.length - 1] = { second: last.second, share };
  }

  return {
    record(deployment, status) {
      const second = secondNow();
      let track = tracks.get(deployment);
      if (track === undefined) {
        track = {
          second: second - 1,
          requests: new Uint32Array(seconds),
          throttled: new Uint32Array(seconds),
          levels: [],
        };
        tracks.set(deployment, track);
      }
      const isNew = second > track.second;
      if (isNew) forward(track, second);
      const at = track.second % seconds;
      track.requests[at] = (track.requests[at] ?? 0) + 1;
      if (status === 429) track.throttled[at] = (track.throttled[at] ?? 0) + 1;
      if (isNew || status === 429) look(track, deployment);
    },
    series(deployment) {
      const track = tracks.get(deployment);
      if (track === undefined) return undefined;
      forward(track, secondNow());
      look(track, deployment);
      const inOrder = (counts: Uint32Array): number[] =>
        Array.from({ length: seconds }, (_, index) => counts[(track.second + 1 + index) % seconds] ?? 0);
      return {
        levels: track.levels.map(({ second, share }) => [track.second - second, share]),
        requests: inOrder(track.requests),
        throttled: inOrder(track.throttled),
      };
    },
  };
}

/** The limit that is nearest. */
function shareOf({ tokens, calls, utilisation }: QuotaUse): number | undefined {
  const known = [tokens, calls, utilisation].filter((share) => share !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}
