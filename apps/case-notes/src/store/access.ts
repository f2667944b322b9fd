import type { Database } from './database.ts';
import { open, seal } from './key-wrapping.ts';
import { newId } from './patients.ts';

/** Who asks, as the verified token says it. */
export interface Clinician {
  readonly id: string;
  readonly name: string;
  /** App roles: `Ward.4B`, `PrivacyOfficer`, `Auditor`. */
  readonly roles: readonly string[];
}

export class ForbiddenError extends Error {
  override readonly name = 'ForbiddenError';
  readonly code = 'FORBIDDEN';
}

export class ReasonError extends Error {
  override readonly name = 'ReasonError';
  readonly code = 'REASON_MISSING';

  constructor() {
    super(
      'Emergency access needs a reason of at least 10 characters: say why you cannot wait for the treating ward.',
    );
  }
}

export interface EmergencyAccess {
  readonly id: string;
  readonly patient: string;
  readonly person: string;
  readonly fromAt: string;
  readonly untilAt: string;
}

/** Emergency access ("break-glass") ends by itself. */
export const emergencyMs = 30 * 60_000;

export function wardsOf({ roles }: Clinician): string[] {
  return roles.filter((role) => role.startsWith('Ward.')).map((role) => role.slice('Ward.'.length));
}

export function isAuditor({ roles }: Clinician): boolean {
  return roles.includes('PrivacyOfficer') || roles.includes('Auditor');
}

/** The treating ward may read and write; others only with emergency access, which the privacy officer sees. */
export function createAccess(database: Database, now: () => Date = () => new Date()) {
  const { sqlite } = database;
  const current = (person: string, patient: string): EmergencyAccess | undefined => {
    const row = sqlite
      .prepare(
        'select * from emergency_access where person = ? and patient = ? and until_at > ? order by until_at desc',
      )
      .get(person, patient, now().toISOString());
    return row === undefined ? undefined : accessOf(row);
  };
  return {
    current,
    /** @throws ForbiddenError when the person neither treats the patient nor has emergency access. */
    check: (
      clinician: Clinician,
      patient: { readonly id: string; readonly ward: string },
    ): 'ward' | 'emergency' => {
      if (wardsOf(clinician).includes(patient.ward)) return 'ward';
      if (current(clinician.id, patient.id) !== undefined) return 'emergency';
      throw new ForbiddenError(`You do not treat this patient (ward ${patient.ward}).`);
    },
    /**
     * The reason is sealed with the patient's key: it may hold clinical text, and is erased with the patient.
     *
     * @throws ReasonError without a reason, ForbiddenError for somebody who treats nobody.
     */
    open: (
      clinician: Clinician,
      patient: string,
      { reason, key }: { reason: string; key: Buffer },
    ): EmergencyAccess => {
      if (reason.trim().length < 10) throw new ReasonError();
      if (wardsOf(clinician).length === 0) throw new ForbiddenError('Emergency access is for clinicians.');
      const id = newId('e');
      const fromAt = now().toISOString();
      const untilAt = new Date(now().getTime() + emergencyMs).toISOString();
      sqlite
        .prepare('insert into emergency_access values (?, ?, ?, ?, ?, ?, null)')
        .run(id, patient, clinician.id, seal(key, reason.trim(), `emergency ${id}`), fromAt, untilAt);
      return { id, patient, person: clinician.id, fromAt, untilAt };
    },
    /** What the privacy officer has not looked at yet. */
    unreviewed: (): EmergencyAccess[] =>
      sqlite
        .prepare('select * from emergency_access where reviewed_by is null order by from_at')
        .all()
        .map(accessOf),
    reasonOf: (id: string, key: Buffer): string => {
      const row = sqlite.prepare('select reason from emergency_access where id = ?').get(id);
      return row === undefined ? '' : open(key, row.reason as Uint8Array, `emergency ${id}`).toString();
    },
    review: (id: string, reviewer: string): void => {
      sqlite.prepare('update emergency_access set reviewed_by = ? where id = ?').run(reviewer, id);
    },
  };
}

function accessOf(row: Record<string, unknown>): EmergencyAccess {
  return {
    id: String(row.id),
    patient: String(row.patient),
    person: String(row.person),
    fromAt: String(row.from_at),
    untilAt: String(row.until_at),
  };
}
