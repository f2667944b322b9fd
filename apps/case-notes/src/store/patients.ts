import { randomBytes } from 'node:crypto';
import type { Database } from './database.ts';
import { open, seal } from './key-wrapping.ts';
import type { KeyWrapping } from './key-wrapping.ts';
import type { PatientRecord } from '../redact/known-values.ts';

export interface Patient {
  readonly id: string;
  readonly ward: string;
  readonly record: PatientRecord;
  readonly lastContact: string;
  readonly hold: string | undefined;
}

export interface Patients {
  add(ward: string, record: PatientRecord, lastContact: string): Promise<string>;
  /** `undefined` for an id that is unknown or erased. */
  find(id: string): Promise<Patient | undefined>;
  wards(): string[];
  idsOf(ward: string): string[];
  /** The key of one patient, unwrapped for one request. */
  keyOf(id: string): Promise<Buffer>;
  /** Wraps the data keys of all patients with the newest key. Goes on where it stopped. */
  rotate(): Promise<number>;
}

interface Row {
  readonly id: string;
  readonly ward: string;
  readonly key_id: string | null;
  readonly wrapped_key: Uint8Array | null;
  readonly record: Uint8Array | null;
  readonly last_contact: string;
  readonly hold: string | null;
}

/** One data key per patient: who erases the key has erased the patient, in every backup too. */
export function createPatients(database: Database, wrapping: KeyWrapping): Patients {
  const { sqlite } = database;
  const select = sqlite.prepare('select * from patient where id = ? and erased_at is null');
  const rowOf = (id: string) => select.get(id) as unknown as Row | undefined;
  const unwrap = async (row: Row | undefined, id: string) => {
    if (row === undefined || row.key_id === null || row.wrapped_key === null)
      throw new NotFoundError('patient', id);
    return wrapping.unwrap({ keyId: row.key_id, bytes: Buffer.from(row.wrapped_key) });
  };
  return {
    add: async (ward, record, lastContact) => {
      const id = newId('p');
      const key = randomBytes(32);
      const { keyId, bytes } = await wrapping.wrap(key);
      const sealed = seal(key, JSON.stringify(record), id);
      sqlite
        .prepare(
          'insert into patient (id, ward, key_id, wrapped_key, record, last_contact) values (?, ?, ?, ?, ?, ?)',
        )
        .run(id, ward, keyId, bytes, sealed, lastContact);
      return id;
    },
    find: async (id) => {
      const row = rowOf(id);
      if (row === undefined || row.record === null) return undefined;
      const record = JSON.parse(open(await unwrap(row, id), row.record, id).toString()) as PatientRecord;
      return { id, ward: row.ward, record, lastContact: row.last_contact, hold: row.hold ?? undefined };
    },
    wards: () =>
      sqlite
        .prepare('select distinct ward from patient where erased_at is null order by ward')
        .all()
        .map(({ ward }) => String(ward)),
    idsOf: (ward) =>
      sqlite
        .prepare('select id from patient where ward = ? and erased_at is null order by id')
        .all(ward)
        .map(({ id }) => String(id)),
    keyOf: async (id) => unwrap(rowOf(id), id),
    rotate: async () => {
      const current = await wrapping.currentKeyId();
      const stale = sqlite
        .prepare('select * from patient where erased_at is null and key_id <> ?')
        .all(current);
      for (const row of stale as unknown as Row[]) {
        const { keyId, bytes } = await wrapping.wrap(await unwrap(row, row.id));
        sqlite
          .prepare('update patient set key_id = ?, wrapped_key = ? where id = ?')
          .run(keyId, bytes, row.id);
      }
      return stale.length;
    },
  };
}

export class NotFoundError extends Error {
  override readonly name = 'NotFoundError';
  readonly code = 'NOT_FOUND';

  constructor(what: string, id: string) {
    super(`There is no ${what} ${JSON.stringify(id)}.`);
  }
}

/** Random, so that an id in the audit says nothing about a person. */
export function newId(prefix: string): string {
  return `${prefix}_${randomBytes(9).toString('base64url')}`;
}
