import type { Context, Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { z } from 'zod';
import { goOn } from './agent/agent.ts';
import type { AgentOptions, RunEvent } from './agent/agent.ts';
import { ApprovalError } from './agent/approvals.ts';
import { prices } from './agent/limits.ts';
import type { Run } from './agent/runs.ts';
import type { Session } from './session.ts';
import type { Site } from './site.ts';
import type { Tools } from './agent/tools.ts';
import { asJsonLines } from './agent/trail.ts';

export interface RoutesOptions extends Pick<
  AgentOptions,
  'azure' | 'runs' | 'approvals' | 'trail' | 'limits'
> {
  /** Connects to the tools with the rights of whoever is signed in. */
  readonly connect: (session: Session, signal: AbortSignal) => Promise<Tools>;
}

type Request = Site['app'] extends Hono<infer Types> ? Context<Types> : never;

const question = z.object({ question: z.string().trim().min(1).max(4000), run: z.uuid().optional() });
const decision = z.object({ hash: z.string().length(64), approve: z.boolean() });

/** The addresses of the page's data. */
export function addRoutes({ app }: Site, options: RoutesOptions): void {
  const { runs, approvals, trail } = options;
  /** Runs under way in this process, to be stopped from another request. */
  const underWay = new Map<string, AbortController>();

  const answer = (c: Request, run: Run, messages: Run['messages']) => {
    const session = c.get('session');
    const { id, name } = session.person;
    if (!runs.claim(run.id)) return c.json({ error: 'This conversation is busy in another window.' }, 409);
    const stop = new AbortController();
    underWay.set(run.id, stop);
    return streamSSE(c, async (stream) => {
      stream.onAbort(() => {
        stop.abort();
      });
      const sent: Promise<void>[] = [];
      const emit = (event: RunEvent) => {
        sent.push(stream.writeSSE({ data: JSON.stringify(event) }));
      };
      let next: Run = { ...run, messages };
      let tools: Tools | undefined;
      try {
        emit({ type: 'end', state: 'running', spent: run.spent });
        tools = await options.connect(session, stop.signal);
        do next = await goOn(next, { ...options, tools, person: { id, name }, signal: stop.signal, emit });
        while (next.state === 'waiting' && hasDecided(next) && runs.claim(run.id));
      } catch {
        const content = stop.signal.aborted
          ? 'Stopped.'
          : 'The tools cannot be reached. Nothing was done; try again in a moment.';
        // What waits for its execution goes on waiting; a question has got its answer.
        const isQuestion = next.messages.at(-1)?.role === 'user';
        const said = isQuestion ? [{ role: 'assistant' as const, content }] : [];
        const kept: Run = {
          ...next,
          messages: [...next.messages, ...said],
          state: isQuestion ? 'idle' : 'waiting',
        };
        runs.save(kept);
        emit({ type: 'text', text: content });
        emit({ type: 'end', state: kept.state, spent: kept.spent });
      } finally {
        underWay.delete(run.id);
        await tools?.close();
      }
      await Promise.all(sent);
    });
  };
  const hasDecided = ({ id }: Run) =>
    approvals.ofRun(id).some(({ state }) => state === 'approved' || state === 'declined') &&
    approvals.ofRun(id).every(({ state }) => state !== 'pending');
  const own = (c: Request) => runs.find(c.req.param('run') ?? '', c.get('session').person.id);
  const unknown = (c: Request) => c.json({ error: 'There is no such conversation of yours.' }, 404);

  app.get('/api/run', (c) => {
    const run = runs.newestOf(c.get('session').person.id);
    return c.json(
      run === undefined ? { prices } : { ...shown(run), approvals: approvals.ofRun(run.id), prices },
    );
  });
  app.post('/api/ask', async (c) => {
    const parsed = question.safeParse(await c.req.json().catch(() => undefined));
    if (!parsed.success) return c.json({ error: 'Ask a question of at most 4,000 characters.' }, 400);
    const person = c.get('session').person.id;
    const run = parsed.data.run === undefined ? runs.create(person) : runs.find(parsed.data.run, person);
    if (run === undefined) return unknown(c);
    if (run.state === 'waiting') return c.json({ error: 'Decide first what waits for you.' }, 409);
    c.header('x-run', run.id);
    const spent = { steps: 0, tokens: 0, money: 0 };
    return answer(c, { ...run, spent }, [...run.messages, { role: 'user', content: parsed.data.question }]);
  });
  /** Goes on after a decision, a reload or a crash. */
  app.post('/api/runs/:run/go-on', (c) => {
    const run = own(c);
    return run === undefined ? unknown(c) : answer(c, run, run.messages);
  });
  app.post('/api/runs/:run/stop', (c) => {
    const run = own(c);
    if (run === undefined) return unknown(c);
    underWay.get(run.id)?.abort();
    return c.json({});
  });
  app.post('/api/approvals/:approval', async (c) => {
    const parsed = decision.safeParse(await c.req.json().catch(() => undefined));
    if (!parsed.success) return c.json({ error: 'Say what was shown and what is decided.' }, 400);
    try {
      const person = c.get('session').person.id;
      return c.json(approvals.decide(c.req.param('approval'), { person, ...parsed.data }));
    } catch (error) {
      if (!(error instanceof ApprovalError)) throw error;
      return c.json({ error: error.message, code: error.code }, error.code === 'UNKNOWN' ? 404 : 409);
    }
  });
  app.get('/api/trail', (c) => c.json(trail.of(c.get('session').person)));
  app.get('/api/trail.jsonl', (c) =>
    c.body(asJsonLines(trail.of(c.get('session').person, 100_000)), 200, {
      'content-type': 'application/jsonl',
      'content-disposition': 'attachment; filename="trail.jsonl"',
    }),
  );
}

/** What the page needs of a conversation: what was asked and answered. */
function shown({ id, state, messages, spent }: Run) {
  return {
    id,
    state,
    spent,
    messages: messages.flatMap(({ role, content }) =>
      (role === 'user' || role === 'assistant') && typeof content === 'string' && content !== ''
        ? [{ role, content }]
        : [],
    ),
  };
}
