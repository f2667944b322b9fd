import type { Conversations, Placement } from './conversations.ts';

/** 15 conversations of 6 turns and 40 of 12, over two, three and four equal deployments. */
export const talks: readonly Conversations[] = [
  { count: 15, turns: 6 },
  { count: 40, turns: 12 },
].flatMap((size) =>
  [2, 3, 4].map((deployments): Conversations => ({ ...size, deployments, begin: 'apart' })),
);

/** Where turns may go: always to the same deployment, by this package, or anywhere. */
export function placements({ deployments }: Conversations): readonly { name: string; place: Placement }[] {
  return [
    { name: 'pinned', place: (conversation) => conversation % deployments },
    { name: 'aoai', place: undefined },
    { name: 'round robin', place: (_conversation, call) => call % deployments },
    { name: 'at random', place: (_conversation, _call, random) => Math.floor(random() * deployments) },
  ];
}
