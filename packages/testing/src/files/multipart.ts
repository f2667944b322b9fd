import { percentDecoded } from '../percent-decoded.ts';
import type { OperationRequest } from '../service/operation.ts';
import { refuse } from '../service/parameter.ts';

/** A parsed form: its texts and its files by name. */
export interface Form {
  /** Names of its texts. */
  readonly fields: readonly string[];
  text(name: string): string | undefined;
  texts(name: string): readonly string[];
  file(name: string): FormFile | undefined;
  files(name: string): readonly FormFile[];
}

interface FormFile {
  readonly name: string;
  readonly type: string;
  readonly bytes: Buffer;
}

/** Reads a `multipart/form-data` body (RFC 7578). Its files are views of the body, not copies. */
export function readForm({ headers, raw }: OperationRequest): Form {
  const type = headers['content-type'] ?? '';
  const boundary = /^multipart\/form-data\s*;.*\bboundary=(?:"([^"]+)"|([^\s;]+))/i.exec(type);
  if (boundary === null) {
    throw refuse(
      `Invalid Content-Type header (${type.slice(0, 100)}), expected multipart/form-data.`,
      null,
      null,
    );
  }
  const parts = readParts(raw, boundary[1] ?? boundary[2] ?? '');
  const texts = (name: string): string[] =>
    parts
      .filter((part) => part.field === name && part.filename === undefined)
      .map((part) => part.bytes.toString());
  const files = (name: string): FormFile[] =>
    parts.flatMap(({ field, filename, type: fileType, bytes }) =>
      field === name && filename !== undefined ? [{ name: filename, type: fileType, bytes }] : [],
    );
  const fields = [
    ...new Set(parts.filter(({ filename }) => filename === undefined).map(({ field }) => field)),
  ];
  return { fields, text: (name) => texts(name)[0], texts, file: (name) => files(name)[0], files };
}

interface Part {
  readonly field: string;
  readonly filename: string | undefined;
  readonly type: string;
  readonly bytes: Buffer;
}

const maximumParts = 1000;
const maximumHeaderBytes = 16_384;

function readParts(raw: Buffer, boundary: string): Part[] {
  const parts: Part[] = [];
  const delimiter = `\r\n--${boundary}`;
  // A preamble may come before the first delimiter (RFC 2046), for example a line break.
  const opening = raw.indexOf(delimiter.slice(2));
  let at = opening === 0 ? boundary.length + 2 : after(nextDelimiter(raw, delimiter, 0), delimiter);
  while (raw.toString('latin1', at, at + 2) !== '--') {
    const headersEnd = raw.indexOf('\r\n\r\n', at);
    const end = headersEnd === -1 ? -1 : nextDelimiter(raw, delimiter, headersEnd + 2);
    if (end === -1 || headersEnd - at > maximumHeaderBytes || parts.length >= maximumParts)
      throw unreadable();
    const bytes = raw.subarray(Math.min(headersEnd + 4, end), end);
    parts.push({ ...readHeaders(raw.toString('utf8', at, headersEnd)), bytes });
    at = end + delimiter.length;
  }
  return parts;
}

/**
 * Position of the next delimiter, which is followed by a line break, or by `--` at the end of the form. -1 when there
 * is none.
 */
function nextDelimiter(raw: Buffer, delimiter: string, from: number): number {
  let at = raw.indexOf(delimiter, from);
  while (at !== -1) {
    const end = at + delimiter.length;
    if (/^(?:--|[ \t]*\r\n)/.test(raw.toString('latin1', end, end + 64))) return at;
    at = raw.indexOf(delimiter, end);
  }
  return -1;
}

function after(at: number, delimiter: string): number {
  if (at === -1) throw unreadable();
  return at + delimiter.length;
}

function readHeaders(text: string): Omit<Part, 'bytes'> {
  const disposition = /^content-disposition:\s*form-data(.*)$/im.exec(text)?.[1] ?? '';
  const parameters = parametersOf(disposition);
  const field = parameters.get('name');
  if (field === undefined) throw unreadable();
  const extended = /^utf-8''(.+)$/i.exec(parameters.get('filename*') ?? '')?.[1];
  return {
    field,
    filename: extended === undefined ? parameters.get('filename') : percentDecoded(extended),
    type: /^content-type:\s*(.+)$/im.exec(text)?.[1]?.trim() ?? 'application/octet-stream',
  };
}

/** Most clients quote parameters, .NET does not. */
function parametersOf(disposition: string): Map<string, string> {
  const found = disposition.matchAll(/;\s*([^\s=;"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^";\s]+))/g);
  return new Map(
    Array.from(found, ([, name = '', quoted, bare = '']) => [
      name.toLowerCase(),
      quoted === undefined ? bare : unquoted(quoted),
    ]),
  );
}

/** Go and curl escape quotes by a backslash; browsers and fetch write them, and line breaks, as `%22`, `%0D`, `%0A`. */
function unquoted(text: string): string {
  return text
    .replace(/\\(["\\])/g, '$1')
    .replace(/%(22|0a|0d)/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

function unreadable(): Error {
  return refuse('Could not parse multipart form', null, null);
}
