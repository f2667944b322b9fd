import type { OperationRequest } from '../service/operation.ts';
import { refuse } from '../service/parameter.ts';

/** A form with files, read: its texts and its files by name. */
export interface Form {
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
  const boundary = /^multipart\/form-data\s*;.*boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(type);
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
  return { text: (name) => texts(name)[0], texts, file: (name) => files(name)[0], files };
}

interface Part {
  readonly field: string;
  readonly filename: string | undefined;
  readonly type: string;
  readonly bytes: Buffer;
}

const maximumParts = 1000;

function readParts(raw: Buffer, boundary: string): Part[] {
  const parts: Part[] = [];
  const delimiter = `\r\n--${boundary}`;
  let at = raw.indexOf(`--${boundary}`);
  if (at !== 0 && at !== 2) throw unreadable();
  at += boundary.length + 2;
  // After a delimiter comes a line break and a part, or `--` and the end.
  while (raw.toString('latin1', at, at + 2) !== '--') {
    const headersEnd = raw.indexOf('\r\n\r\n', at);
    const end = headersEnd === -1 ? -1 : raw.indexOf(delimiter, headersEnd + 2);
    if (end === -1 || parts.length >= maximumParts) throw unreadable();
    const bytes = raw.subarray(Math.min(headersEnd + 4, end), end);
    parts.push({ ...readHeaders(raw.toString('utf8', at, headersEnd)), bytes });
    at = end + delimiter.length;
  }
  return parts;
}

function readHeaders(text: string): Omit<Part, 'bytes'> {
  const disposition = /^content-disposition:\s*form-data(.*)$/im.exec(text)?.[1] ?? '';
  const field = parameterOf(disposition, 'name');
  if (field === undefined) throw unreadable();
  const extended = /;\s*filename\*=utf-8''([^;\s]+)/i.exec(disposition)?.[1];
  const plain = parameterOf(disposition, 'filename');
  return {
    field: decoded(field) ?? field,
    filename: decoded(extended ?? plain),
    type: /^content-type:\s*(.+)$/im.exec(text)?.[1]?.trim() ?? 'application/octet-stream',
  };
}

/** Most clients quote parameters, .NET does not. */
function parameterOf(disposition: string, name: string): string | undefined {
  const found = new RegExp(String.raw`;\s*${name}=(?:"((?:[^"\\]|\\.)*)"|([^";\s]+))`, 'i').exec(disposition);
  return found?.[1] ?? found?.[2];
}

/** Browsers and fetch write quotes and line breaks as `%22`, `%0A`. */
function decoded(text: string | undefined): string | undefined {
  if (text?.includes('%') !== true) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function unreadable(): Error {
  return refuse('Could not parse multipart form', null, null);
}
