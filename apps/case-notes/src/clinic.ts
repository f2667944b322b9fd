import { createAccess, ForbiddenError, isAuditor, wardsOf } from './store/access.ts';
import type { Clinician, EmergencyAccess } from './store/access.ts';
import { createAudit } from './store/audit.ts';
import type { Anchor, AuditEntry } from './store/audit.ts';
import type { Database } from './store/database.ts';
import type { KeyWrapping } from './store/key-wrapping.ts';
import { notesOf } from './store/notes.ts';
import type { Summary } from './store/notes.ts';
import { createPatients, NotFoundError } from './store/patients.ts';
import type { Patient } from './store/patients.ts';
import { redact } from './redact/redact.ts';
import type { Redacted } from './redact/redact.ts';
import type { Kind } from './redact/kind.ts';
import { eraseSubject, exportSubject, setHold, vacuum } from './store/subject.ts';
import type { SubjectExport } from './store/subject.ts';

/** Texts that the clinician marks in the preview, because nothing else found them. */
export interface Mark {
  readonly start: number;
  readonly end: number;
  readonly kind: Kind;
}

/** Writes the summary of a redacted note. The person's record is there for the leak check, it is not sent. */
export type Assist = (note: Redacted, patient: Patient, signal: AbortSignal | undefined) => Promise<Summary>;

/** One note of one patient: a note is never found by its own id alone. */
export interface NoteIds {
  readonly patient: string;
  readonly note: string;
}

type Entry = Omit<AuditEntry, 'seq' | 'at'>;

export interface ClinicOptions {
  readonly database: Database;
  readonly wrapping: KeyWrapping;
  readonly anchor: Anchor;
  readonly assist: Assist;
  readonly secondOpinion?: (text: string) => Promise<readonly Mark[]>;
  readonly now?: () => Date;
}

/**
 * Everything that a person can do, with the right to do it and its entry in the audit. Each change is one transaction: the
 * entry is there when, and only when, the change is.
 */
export function createClinic({
  database,
  wrapping,
  anchor,
  assist,
  secondOpinion,
  now = () => new Date(),
}: ClinicOptions) {
  const patients = createPatients(database, wrapping);
  const audit = createAudit(database, anchor, now);
  const access = createAccess(database, now);

  /** Finds the patient, checks the right, unwraps the key. A refusal is in the audit too. */
  async function enter(clinician: Clinician, id: string) {
    const patient = await patients.find(id);
    if (patient === undefined) throw new NotFoundError('patient', id);
    try {
      const by = access.check(clinician, patient);
      const key = await patients.keyOf(id);
      return { patient, by, key, notes: notesOf(database, id, key) };
    } catch (error) {
      if (error instanceof ForbiddenError)
        record({ actor: clinician.id, action: 'access.refused', subject: id, detail: {} });
      throw error;
    }
  }

  /** Does the work and writes the entry, or neither. */
  function record<T>(entry: Entry, work?: () => T): T | undefined {
    const result = database.transaction(() => {
      const done = work?.();
      audit.append(entry);
      return done;
    });
    audit.anchor();
    return result;
  }

  async function preview(clinician: Clinician, ids: NoteIds, marks: readonly Mark[] = []) {
    const { patient, notes, by } = await enter(clinician, ids.patient);
    const note = notes.read(ids.note);
    const others = [...marks, ...((await secondOpinion?.(note.text)) ?? [])];
    return { patient, by, note, redacted: redact(note.text, patient.record, others) };
  }

  function author(clinician: Clinician) {
    return { id: clinician.id, at: now().toISOString() };
  }

  function asOfficer(clinician: Clinician): void {
    if (!clinician.roles.includes('PrivacyOfficer'))
      throw new ForbiddenError('This is for the privacy officer.');
  }

  return {
    audit,
    patients,
    /** The patients of the wards that this person works on, and names only of the others: to find them in an emergency. */
    wards: async (clinician: Clinician) => {
      const mine = wardsOf(clinician);
      const list = [];
      for (const ward of patients.wards()) {
        for (const id of patients.idsOf(ward)) {
          const patient = await patients.find(id);
          if (patient === undefined) continue;
          const isMine = mine.includes(ward);
          list.push({
            id,
            ward,
            isMine,
            name: patient.record.name,
            ...(isMine ? { born: patient.record.born } : {}),
            emergencyUntil: access.current(clinician.id, id)?.untilAt,
          });
        }
      }
      return mine.length === 0 ? [] : list;
    },
    open: async (clinician: Clinician, patientId: string) => {
      const { patient, by, notes } = await enter(clinician, patientId);
      record({ actor: clinician.id, action: 'patient.read', subject: patientId, detail: { by } });
      return {
        patient,
        by,
        emergencyUntil: by === 'emergency' ? access.current(clinician.id, patientId)?.untilAt : undefined,
        notes: notes.list().map((note) => ({ ...note, summary: notes.summaryOf(note.id) })),
      };
    },
    addNote: async (clinician: Clinician, patientId: string, text: string) => {
      const { notes, by } = await enter(clinician, patientId);
      return record(
        { actor: clinician.id, action: 'note.add', subject: patientId, detail: { by, length: text.length } },
        () => notes.add(text, author(clinician)),
      );
    },
    changeNote: async (
      clinician: Clinician,
      patientId: string,
      change: { id: string; text: string; version: number },
    ) => {
      const { notes, by } = await enter(clinician, patientId);
      record(
        {
          actor: clinician.id,
          action: 'note.change',
          subject: change.id,
          detail: { by, version: change.version + 1 },
        },
        () => {
          notes.change(change.id, { text: change.text, version: change.version, author: author(clinician) });
        },
      );
    },
    /** Exactly what would be sent. */
    preview: async (clinician: Clinician, ids: NoteIds, marks: readonly Mark[] = []) => {
      const { redacted } = await preview(clinician, ids, marks);
      return redacted;
    },
    /** Sends the redacted note, stores the answer as a draft. The audit counts placeholders, it holds none of the text. */
    summarise: async (
      clinician: Clinician,
      ids: NoteIds,
      options: { marks?: readonly Mark[]; signal?: AbortSignal } = {},
    ) => {
      const { redacted, patient, by } = await preview(clinician, ids, options.marks);
      const detail = {
        by,
        placeholders: new Set(redacted.replacements.map(({ placeholder }) => placeholder)).size,
      };
      try {
        const content = await assist(redacted, patient, options.signal);
        const { notes } = await enter(clinician, ids.patient);
        const version = notes.summaryOf(ids.note)?.version ?? 0;
        record({ actor: clinician.id, action: 'note.summarise', subject: ids.note, detail }, () =>
          notes.saveSummary(ids.note, { content, version, author: author(clinician) }),
        );
        return { content, version: version + 1 };
      } catch (error) {
        record({
          actor: clinician.id,
          action: 'note.summarise.failed',
          subject: ids.note,
          detail: { ...detail, code: codeOf(error) },
        });
        throw error;
      }
    },
    saveSummary: async (
      clinician: Clinician,
      ids: NoteIds,
      change: { content: Summary; version: number },
    ) => {
      const { notes, by } = await enter(clinician, ids.patient);
      return record(
        {
          actor: clinician.id,
          action: 'summary.change',
          subject: ids.note,
          detail: { by, version: change.version + 1 },
        },
        () => notes.saveSummary(ids.note, { ...change, author: author(clinician) }),
      );
    },
    sign: async (clinician: Clinician, ids: NoteIds, version: number) => {
      const { notes, by } = await enter(clinician, ids.patient);
      record(
        { actor: clinician.id, action: 'summary.sign', subject: ids.note, detail: { by, version } },
        () => {
          notes.sign(ids.note, version, author(clinician));
        },
      );
    },
    /** Opens emergency access ("break-glass"): with a reason, for a time, seen by the privacy officer. */
    breakGlass: async (
      clinician: Clinician,
      patientId: string,
      reason: string,
    ): Promise<EmergencyAccess | undefined> => {
      const key = await patients.keyOf(patientId);
      return record(
        {
          actor: clinician.id,
          action: 'emergency.open',
          subject: patientId,
          detail: { length: reason.trim().length },
        },
        () => access.open(clinician, patientId, { reason, key }),
      );
    },
    /** For the privacy officer: who opened what, and why. */
    emergencies: async (clinician: Clinician) => {
      asOfficer(clinician);
      const list = [];
      for (const each of access.unreviewed()) {
        list.push({ ...each, reason: access.reasonOf(each.id, await patients.keyOf(each.patient)) });
      }
      record({
        actor: clinician.id,
        action: 'emergency.list',
        subject: 'all',
        detail: { count: list.length },
      });
      return list;
    },
    review: (clinician: Clinician, id: string): void => {
      asOfficer(clinician);
      record({ actor: clinician.id, action: 'emergency.review', subject: id, detail: {} }, () => {
        access.review(id, clinician.id);
      });
    },
    /** The newest entries and whether the chain is whole. */
    auditView: (clinician: Clinician, newest = 200) => {
      if (!isAuditor(clinician))
        throw new ForbiddenError('The audit is for auditors and the privacy officer.');
      return { verdict: audit.verify(), entries: audit.entries({ newest }) };
    },
    exportSubject: async (actor: string, id: string): Promise<SubjectExport> => {
      const data = await exportSubject(database, patients, id);
      record({ actor, action: 'subject.export', subject: id, detail: { notes: data.notes.length } });
      return data;
    },
    /** Erases a person for good; the audit keeps the id. */
    erase: (actor: string, id: string, reason: 'request' | 'retention'): void => {
      const detail: Record<string, string | number> = { reason };
      database.transaction(() => {
        detail.notes = eraseSubject(database, id, now().toISOString());
        audit.append({ actor, action: 'subject.erase', subject: id, detail });
      });
      audit.anchor();
      vacuum(database);
    },
    hold: (actor: string, id: string, hold: string | undefined): void => {
      record(
        { actor, action: hold === undefined ? 'hold.lift' : 'hold.set', subject: id, detail: {} },
        () => {
          setHold(database, id, hold);
        },
      );
    },
    rotateKeys: async (actor: string): Promise<number> => {
      const count = await patients.rotate();
      record({ actor, action: 'keys.rotate', subject: 'all', detail: { count } });
      return count;
    },
  };
}

export type Clinic = ReturnType<typeof createClinic>;

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : error instanceof Error ? error.name : 'unknown';
}
