import { createCipheriv, createDecipheriv, createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { OperationRequest } from '../service/operation.ts';
import { refuse } from '../service/parameter.ts';

// Reasoning and compactions are sent through the caller in encrypted form. Only the resource that made them can read
// them: another one answers 400 `invalid_encrypted_content` (BerriAI/litellm#18094,
// openai/codex#9045). The form is Fernet's (https://github.com/fernet/spec/blob/master/Spec.md), as on the wire.

type Maker = Pick<OperationRequest, 'resource'>;

const headLength = 1 + 8 + 16;
const signatureLength = 32;

/** Encrypts `text` so that only the resource of this request can read it. */
export function encryptContent(
  { resource, random, dateMs }: Pick<OperationRequest, 'resource' | 'random' | 'dateMs'>,
  text: string,
): string {
  const { signing, encryption } = keysOf({ resource });
  const head = Buffer.alloc(headLength);
  head[0] = 0x80;
  head.writeBigUInt64BE(BigInt(Math.floor(dateMs / 1000)), 1);
  const iv = Buffer.from(random.guid().replaceAll('-', ''), 'hex');
  iv.copy(head, 9);
  const cipher = createCipheriv('aes-128-cbc', encryption, iv);
  const body = Buffer.concat([head, cipher.update(text), cipher.final()]);
  const bytes = Buffer.concat([body, createHmac('sha256', signing).update(body).digest()]);
  return bytes.toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}

/** The text that `encryptContent` was given. @throws Refusal 400 for anything that another resource made. */
export function decryptContent(maker: Maker, content: string): string {
  const { signing, encryption } = keysOf(maker);
  const bytes = Buffer.from(content, 'base64url');
  if (bytes.length < headLength + signatureLength) throw notVerified(content);
  const body = bytes.subarray(0, -signatureLength);
  const expected = createHmac('sha256', signing).update(body).digest();
  if (!timingSafeEqual(expected, bytes.subarray(-signatureLength))) throw notVerified(content);
  const decipher = createDecipheriv('aes-128-cbc', encryption, body.subarray(9, headLength));
  return Buffer.concat([decipher.update(body.subarray(headLength)), decipher.final()]).toString();
}

function keysOf({ resource }: Maker): { readonly signing: Buffer; readonly encryption: Buffer } {
  const key = createHash('sha256').update(resource.secret).digest();
  return { signing: key.subarray(0, 16), encryption: key.subarray(16) };
}

function notVerified(content: string): Error {
  const shown = `${content.slice(0, 4)}...${content.slice(-4)}`;
  return refuse(`The encrypted content ${shown} could not be verified.`, null, 'invalid_encrypted_content');
}
