import type { Context, Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { z } from 'zod';
import type { Clinician } from './store/access.ts';
import type { Clinic } from './clinic.ts';
import { ConflictError } from './store/notes.ts';
import { placeholderKinds } from './redact/kind.ts';
import type { Site } from './site.ts';

const longestNote = 50_000;

const mark = z
  .object({ start: z.number().int().min(0), end: z.number().int(), kind: z.enum(placeholderKinds) })
  .refine(({ start, end }) => end > start);
const item = z.object({
  text: z.string().max(2000),
  code: z.string().max(12).optional(),
  quote: z.string().max(2000),
  place: z.object({ start: z.number().int(), end: z.number().int() }).optional(),
});
const content = z.object({
  summary: z.string().max(10_000),
  problems: z.array(item).max(100),
  medications: z.array(item).max(100),
  followUp: z.array(item).max(100),
});
const bodies = {
  text: z.object({ text: z.string().min(1).max(longestNote) }),
  change: z.object({ text: z.string().min(1).max(longestNote), version: z.number().int() }),
  marks: z.object({ marks: z.array(mark).max(200).default([]) }),
  summary: z.object({ content, version: z.number().int().min(0) }),
  sign: z.object({ version: z.number().int() }),
  reason: z.object({ reason: z.string().max(2000) }),
};

/** What a refusal is called in HTTP. Everything else is the service's trouble or ours. */
const statuses: Readonly<Record<string, ContentfulStatusCode>> = {
  NOT_FOUND: 404,
  FORBIDDEN: 403,
  CONFLICT: 409,
  SIGNED: 409,
  REASON_MISSING: 400,
  BODY_INVALID: 400,
  WOULD_LEAK: 422,
  FILTERED: 422,
  PLACEHOLDER_UNKNOWN: 502,
  ANSWER_UNUSABLE: 502,
  SECOND_OPINION: 503,
};

type Request = Site['app'] extends Hono<infer Types> ? Context<Types> : never;

/** The addresses of the page's data. */
export function addRoutes({ app }: Site, clinic: Clinic): void {
  const answer = (work: (c: Request) => unknown) => async (c: Request) => {
    try {
      return c.json((await work(c)) ?? {});
    } catch (error) {
      return refusal(c, error);
    }
  };
  const ids = (c: Request) => ({ patient: c.req.param('patient') ?? '', note: c.req.param('note') ?? '' });

  app.get(
    '/api/patients',
    answer((c) => clinic.wards(clinicianOf(c))),
  );
  app.get(
    '/api/patients/:patient',
    answer((c) => clinic.open(clinicianOf(c), ids(c).patient)),
  );
  app.post(
    '/api/patients/:patient/emergency',
    answer(async (c) => {
      const { reason } = await read(c, bodies.reason);
      return clinic.breakGlass(clinicianOf(c), ids(c).patient, reason);
    }),
  );
  app.post(
    '/api/patients/:patient/notes',
    answer(async (c) => {
      const { text } = await read(c, bodies.text);
      return { id: await clinic.addNote(clinicianOf(c), ids(c).patient, text) };
    }),
  );
  app.post(
    '/api/patients/:patient/notes/:note',
    answer(async (c) => {
      const { patient, note } = ids(c);
      await clinic.changeNote(clinicianOf(c), patient, { id: note, ...(await read(c, bodies.change)) });
    }),
  );
  app.post(
    '/api/patients/:patient/notes/:note/preview',
    answer(async (c) => {
      return clinic.preview(clinicianOf(c), ids(c), (await read(c, bodies.marks)).marks);
    }),
  );
  app.post(
    '/api/patients/:patient/notes/:note/summarise',
    answer(async (c) => {
      const { marks } = await read(c, bodies.marks);
      return clinic.summarise(clinicianOf(c), ids(c), { marks, signal: c.req.raw.signal });
    }),
  );
  app.post(
    '/api/patients/:patient/notes/:note/summary',
    answer(async (c) => {
      const change = await read(c, bodies.summary);
      return { version: await clinic.saveSummary(clinicianOf(c), ids(c), change) };
    }),
  );
  app.post(
    '/api/patients/:patient/notes/:note/sign',
    answer(async (c) => {
      await clinic.sign(clinicianOf(c), ids(c), (await read(c, bodies.sign)).version);
    }),
  );
  app.get(
    '/api/audit',
    answer((c) => clinic.auditView(clinicianOf(c))),
  );
  app.get(
    '/api/emergencies',
    answer((c) => clinic.emergencies(clinicianOf(c))),
  );
  app.post(
    '/api/emergencies/:emergency/review',
    answer((c) => {
      clinic.review(clinicianOf(c), c.req.param('emergency') ?? '');
    }),
  );
}

function clinicianOf(c: Request): Clinician {
  const { id, name, roles } = c.get('session').person;
  return { id, name, roles };
}

class BodyError extends Error {
  readonly code = 'BODY_INVALID';
}

async function read<T>(c: Request, schema: z.ZodType<T>): Promise<T> {
  const parsed = schema.safeParse(await c.req.json().catch(() => undefined));
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`);
  throw new BodyError(issues.join('; '));
}

/** Our own refusals are for people to read. Of other errors only that there was one. */
function refusal(c: Request, error: unknown) {
  const code = (error as { code?: unknown }).code;
  const status = typeof code === 'string' ? statuses[code] : undefined;
  if (status === undefined || !(error instanceof Error)) {
    const text = 'The summary service did not answer. The note is stored; try again in a moment.';
    return c.json({ error: text, code: 'UNAVAILABLE' }, 503);
  }
  const current = error instanceof ConflictError ? { current: error.current as unknown } : {};
  return c.json({ error: error.message, code, ...current }, status);
}
