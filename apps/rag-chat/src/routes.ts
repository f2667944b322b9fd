import { randomUUID } from 'node:crypto';
import { streamSSE } from 'hono/streaming';
import { answer, type AnswerState } from './answer.ts';
import type { History, Turn } from './history.ts';
import type { Handbook } from './open-handbook.ts';
import type { Passage } from './passages.ts';
import type { Reader } from './rights.ts';
import type { Session } from './session.ts';
import type { Site } from './site.ts';

export interface RouteContext {
  readonly handbook: Handbook;
  readonly history: History;
  /** What a signed-in person may read: the one place where rights enter a request. */
  readonly readerOf: (session: Session) => Reader;
}

const longestQuestion = 2000;

/** What the page asks for. Each route acts for the person of the session and for nobody else. */
export function addRoutes({ app }: Site, { handbook, history, readerOf }: RouteContext): void {
  app.post('/api/ask', async (c) => {
    const { question, conversation } = await readQuestion(c.req.json());
    if (question === '') return c.json({ error: 'Ask something.' }, 400);
    if (question.length > longestQuestion) return c.json({ error: 'The question is too long.' }, 413);
    const session = c.get('session');
    const person = session.person.id;
    const turn = { id: randomUUID(), conversation, question };
    const stop = new AbortController();
    return streamSSE(c, async (stream) => {
      // Whoever stops, or closes the page, ends the call to the model as well.
      stream.onAbort(() => {
        stop.abort();
      });
      const record = {
        text: '',
        state: 'stopped' as AnswerState | 'stopped',
        sources: [] as string[],
        cited: [] as number[],
      };
      const send = async (event: unknown) => stream.writeSSE({ data: JSON.stringify(event) });
      try {
        await send({ type: 'turn', id: turn.id });
        const earlier = history.turns(person, conversation).filter(({ state }) => state === 'answered');
        const options = { reader: readerOf(session), history: earlier, signal: stop.signal };
        for await (const event of answer(handbook, question, options)) {
          if (event.type === 'sources') record.sources = event.sources.map(({ id }) => id);
          if (event.type === 'text') record.text += event.text;
          if (event.type === 'end') Object.assign(record, { state: event.state, cited: event.cited });
          await send(event);
        }
      } catch (error) {
        if (!stop.signal.aborted) throw error;
      } finally {
        const { text, ...rest } = record;
        history.add(person, { ...turn, answer: text, ...rest, cited: [...rest.cited] });
      }
    });
  });

  app.get('/api/documents', async (c) => {
    const passages = await handbook.passages.read(c.req.query('path') ?? '', readerOf(c.get('session')));
    const [first] = passages;
    // A document that somebody may not read and one that does not exist look the same.
    if (first === undefined) return c.json({ error: 'There is no such document for you.' }, 404);
    return c.json({
      path: first.document,
      title: first.title,
      text: passages.map(({ text }) => text).join(''),
    });
  });

  app.get('/api/conversations', (c) => c.json(history.conversations(c.get('session').person.id)));
  app.get('/api/conversations/:id', async (c) => {
    const session = c.get('session');
    const turns = history.turns(session.person.id, c.req.param('id'));
    const reader = readerOf(session);
    return c.json(
      await Promise.all(turns.map(async (turn) => shownTurn(turn, await visible(handbook, turn, reader)))),
    );
  });
  app.delete('/api/conversations/:id', (c) => {
    history.remove(c.get('session').person.id, c.req.param('id'));
    return c.body(null, 204);
  });
  app.post('/api/turns/:id/rating', async (c) => {
    const body: unknown = await c.req.json().catch(() => undefined);
    const { rating, comment } = (typeof body === 'object' && body !== null ? body : {}) as Record<
      string,
      unknown
    >;
    const isKnown = history.rate(c.get('session').person.id, c.req.param('id'), {
      rating: rating === 'up' || rating === 'down' ? rating : undefined,
      comment: typeof comment === 'string' ? comment.slice(0, 1000) : undefined,
    });
    return isKnown ? c.body(null, 204) : c.json({ error: 'There is no such answer of yours.' }, 404);
  });
}

async function readQuestion(json: Promise<unknown>): Promise<{ question: string; conversation: string }> {
  const body: unknown = await json.catch(() => undefined);
  const { question, conversation } = (typeof body === 'object' && body !== null ? body : {}) as Record<
    string,
    unknown
  >;
  return {
    question: typeof question === 'string' ? question.trim() : '',
    conversation: typeof conversation === 'string' && conversation.length <= 64 ? conversation : randomUUID(),
  };
}

async function visible({ passages }: Handbook, { sources }: Turn, reader: Reader): Promise<Passage[]> {
  const found = await passages.find(sources, reader);
  return sources.flatMap((id) => found.find((passage) => passage.id === id) ?? []);
}

/** An answer is shown again only to who may still see everything that it was made from. */
function shownTurn(turn: Turn, sources: readonly Passage[]) {
  const isWhole = sources.length === turn.sources.length;
  const { id, question, state, rating, comment } = turn;
  const shown = { id, question, rating, comment };
  return isWhole
    ? { ...shown, state, answer: turn.answer, sources, cited: turn.cited }
    : { ...shown, state: 'withdrawn', answer: '', sources: [], cited: [] };
}
