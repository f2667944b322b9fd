import { isSecret, masked } from '../journal/mask.ts';

/** Normalises values for a recording. One instance serves a whole recording, so that equal ids stay equal. */
export type Redact = (value: unknown) => unknown;

const identifier =
  /^((?:chatcmpl|resp|msg|rs|call|fc|file|batch|assistant|vs|cntr|conv|ft|audio)[-_])[A-Za-z0-9_-]{8,}$/;
const times: ReadonlySet<string> = new Set([
  'created',
  'created_at',
  'completed_at',
  'expires_at',
  'in_progress_at',
  'finalizing_at',
]);
/** Fields that differ from call to call and have no meaning for a client. */
const noise: ReadonlySet<string> = new Set(['obfuscation', 'latency_checkpoint', 'routing']);
/** Fields that contain prompts or answers. */
const speech: ReadonlySet<string> = new Set([
  'content',
  'text',
  'input',
  'instructions',
  'arguments',
  'delta',
  'transcript',
  'prompt',
  'refusal',
  'output',
  'title',
  'url',
  'filepath',
  'summary',
]);
/** 2026-01-01, in seconds. */
const recordedAt = 1_767_225_600;

/** Removes secrets, normalises ids and times, and with `mask` replaces prompts and answers by the same number of `x`. */
export function createRedact({
  mask,
  secrets = [],
}: {
  readonly mask: boolean;
  readonly secrets?: readonly string[];
}): Redact {
  const ids = new Map<string, string>();

  function idFor(value: string, prefix: string): string {
    if (value.startsWith(`${prefix}recorded-`)) return value;
    const known = ids.get(value) ?? `${prefix}recorded-${ids.size + 1}`;
    ids.set(value, known);
    return known;
  }

  function text(value: string, isSaid: boolean): string {
    const prefix = identifier.exec(value)?.[1];
    if (prefix !== undefined) return idFor(value, prefix);
    if (mask && isSaid) return maskText(value);
    return secrets.reduce((kept, secret) => kept.replaceAll(secret, masked), value);
  }

  function redact(
    value: unknown,
    name: string,
    context: { readonly parent: string; readonly isSaid: boolean },
  ): unknown {
    const isSaid = context.isSaid || speech.has(name);
    if (typeof value === 'string') return isSecret(name, context.parent) ? masked : text(value, isSaid);
    if (typeof value === 'number' && times.has(name)) return recordedAt;
    if (Array.isArray(value))
      return value.map((item) => redact(item, name, { parent: context.parent, isSaid }));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .filter(([member]) => !noise.has(member))
        .map(([member, inner]: [string, unknown]) => [
          member,
          // Types and roles are not prompts or answers, at any place.
          redact(inner, member, { parent: name, isSaid: isSaid && !structural.has(member) }),
        ]),
    );
  }

  return (value) => redact(value, '', { parent: '', isSaid: false });
}

const structural: ReadonlySet<string> = new Set([
  'type',
  'role',
  'status',
  'id',
  'object',
  'name',
  'finish_reason',
  'detail',
  'call_id',
  'item_id',
  'model',
]);

/** Keeps the length, spaces and punctuation, so that token counts and layout stay plausible. */
function maskText(text: string): string {
  return text.replace(/\p{L}/gu, 'x').replace(/\p{N}/gu, '0');
}
