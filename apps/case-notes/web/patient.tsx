import { useState } from 'react';
import { Button } from 'react-aria-components';
import { NoteView } from './note.tsx';
import { ask, asRefusal, useAnswer } from './use-clinic.ts';
import type { OpenPatient } from './use-clinic.ts';

/** One patient: the notes, and under each what will be sent and what came back. */
export function PatientPage({ id }: { readonly id: string }) {
  const [answer, reload] = useAnswer<OpenPatient>(`/api/patients/${id}`);
  if (answer.kind === 'loading') return <p className="quiet page" aria-busy="true" />;
  if (answer.kind === 'refused') {
    return (
      <section className="page">
        <p className="notice" role="alert">
          {answer.refusal.message}
        </p>
        <p>
          <a href="/">All patients</a>
        </p>
      </section>
    );
  }
  const { patient, by, emergencyUntil, notes } = answer.value;
  return (
    <section className="page wide">
      <p>
        <a href="/">All patients</a>
      </p>
      <h1>{patient.record.name}</h1>
      <p className="quiet">
        born {patient.record.born} · ward {patient.ward}
      </p>
      {by === 'emergency' && (
        <p className="notice" role="status">
          Emergency access until{' '}
          {emergencyUntil === undefined ? 'soon' : new Date(emergencyUntil).toLocaleTimeString()}. The privacy
          officer sees every step you take.
        </p>
      )}
      {notes.map((note) => (
        <NoteView key={note.id} patient={id} note={note} onChange={reload} />
      ))}
      <NewNote patient={id} onAdd={reload} />
    </section>
  );
}

function NewNote({ patient, onAdd }: { readonly patient: string; readonly onAdd: () => Promise<void> }) {
  const [text, setText] = useState('');
  const [problem, setProblem] = useState('');
  const add = async () => {
    try {
      await ask(`/api/patients/${patient}/notes`, { text });
      setText('');
      setProblem('');
      await onAdd();
    } catch (error) {
      setProblem(asRefusal(error).message);
    }
  };
  return (
    <section className="card" aria-labelledby="new-note">
      <h2 id="new-note">New note</h2>
      <div className="field">
        <label htmlFor="text">Text</label>
        <textarea
          id="text"
          rows={4}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
          }}
        />
      </div>
      {problem !== '' && (
        <p className="notice" role="alert">
          {problem}
        </p>
      )}
      <Button className="button secondary" isDisabled={text.trim() === ''} onPress={() => void add()}>
        Add note
      </Button>
    </section>
  );
}
