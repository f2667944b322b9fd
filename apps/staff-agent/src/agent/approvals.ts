import { createHash, randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';

/** A change that waits for the person's word. */
export interface Approval {
  readonly id: string;
  readonly run: string;
  /** The model's tool call that it answers. */
  readonly call: string;
  readonly person: string;
  readonly tool: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  /** What the tool says it would do, for the person to read. Empty when the tool cannot say it. */
  readonly shown: string;
  /** Of person, tool, exact arguments and what was shown. */
  readonly hash: string;
  readonly state: 'pending' | 'approved' | 'declined' | 'expired' | 'done';
  readonly expiresAtMs: number;
  /** What the tool answered, once it was done. */
  readonly result?: string;
}

/** This approval cannot be given: it is somebody else's, was given before, has expired, or is for other arguments. */
export class ApprovalError extends Error {
  override readonly name = 'ApprovalError';
  readonly code: 'UNKNOWN' | 'DECIDED' | 'EXPIRED' | 'CHANGED';

  constructor(code: ApprovalError['code']) {
    super(
      {
        UNKNOWN: 'There is no such approval for you.',
        DECIDED: 'This was decided before.',
        EXPIRED: 'The time to approve this is over. Ask again.',
        CHANGED: 'The arguments are not the ones that were shown. Nothing was done.',
      }[code],
    );
    this.code = code;
  }
}

interface ApprovalRequest {
  readonly run: string;
  readonly call: string;
  readonly person: string;
  readonly tool: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly shown: string;
}

export interface Approvals {
  ask(request: ApprovalRequest): Approval;
  ofRun(run: string): Approval[];
  /** Once, by this person, in time, for the arguments whose hash was shown. @throws ApprovalError */
  decide(
    id: string,
    by: { readonly person: string; readonly hash: string; readonly approve: boolean },
  ): Approval;
  /** What may be done now: approved, by this person, for the arguments that were approved. @throws ApprovalError */
  claim(id: string, person: string): Approval;
  /** Keeps the tool's answer. The approval's id is the idempotency key, so doing it again after a crash is the same change. */
  finish(id: string, result: string): void;
}

const minutes = 60_000;

/** Approvals live in the database: a reload, a second tab or a crash changes nothing about them. */
export function createApprovals(
  sqlite: DatabaseSync,
  {
    lifetimeMs = 10 * minutes,
    now = Date.now,
  }: { readonly lifetimeMs?: number; readonly now?: () => number } = {},
): Approvals {
  const byId = (id: string) => {
    const row = sqlite.prepare('select * from approval where id = ?').get(id);
    return row === undefined ? undefined : approvalOf(row, now());
  };
  return {
    ask: (request) => {
      const approval = {
        id: randomUUID(),
        ...request,
        hash: hashOf(request),
        expiresAtMs: now() + lifetimeMs,
      };
      sqlite
        .prepare("insert into approval values (?, ?, ?, ?, ?, ?, ?, ?, 'pending', ?, null)")
        .run(
          approval.id,
          request.run,
          request.call,
          request.person,
          request.tool,
          JSON.stringify(request.arguments),
          request.shown,
          approval.hash,
          approval.expiresAtMs,
        );
      return { ...approval, state: 'pending' };
    },
    ofRun: (run) =>
      sqlite
        .prepare('select * from approval where run = ? order by rowid')
        .all(run)
        .map((row) => approvalOf(row, now())),
    decide: (id, { person, hash, approve }) => {
      const approval = byId(id);
      if (approval?.person !== person) throw new ApprovalError('UNKNOWN');
      if (approval.state === 'expired') throw new ApprovalError('EXPIRED');
      if (approval.state !== 'pending') throw new ApprovalError('DECIDED');
      if (hash !== approval.hash || hashOf(approval) !== approval.hash) throw new ApprovalError('CHANGED');
      const state = approve ? 'approved' : 'declined';
      // The state in the condition lets one of two tabs win.
      const { changes } = sqlite
        .prepare("update approval set state = ? where id = ? and state = 'pending'")
        .run(state, id);
      if (changes === 0) throw new ApprovalError('DECIDED');
      return { ...approval, state };
    },
    claim: (id, person) => {
      const approval = byId(id);
      if (approval?.person !== person) throw new ApprovalError('UNKNOWN');
      if (approval.state !== 'approved') throw new ApprovalError('DECIDED');
      if (hashOf(approval) !== approval.hash) throw new ApprovalError('CHANGED');
      return approval;
    },
    finish: (id, result) => {
      sqlite
        .prepare("update approval set state = 'done', result = ? where id = ? and state = 'approved'")
        .run(result, id);
    },
  };
}

function approvalOf(row: Record<string, unknown>, nowMs: number): Approval {
  const expiresAtMs = Number(row.expires_at);
  const state = row.state as Approval['state'];
  return {
    id: String(row.id),
    run: String(row.run),
    call: String(row.call),
    person: String(row.person),
    tool: String(row.tool),
    arguments: JSON.parse(String(row.arguments)) as Record<string, unknown>,
    shown: String(row.shown),
    hash: String(row.hash),
    state: state === 'pending' && expiresAtMs <= nowMs ? 'expired' : state,
    expiresAtMs,
    ...(row.result === null ? {} : { result: row.result as string }),
  };
}

/** The same for the same person, tool and arguments, in whatever order the arguments stand. */
function hashOf({ person, tool, arguments: args, shown }: Omit<ApprovalRequest, 'run' | 'call'>): string {
  return createHash('sha256')
    .update(JSON.stringify([person, tool, sorted(args), shown]))
    .digest('hex');
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => [key, sorted(item)]);
}
