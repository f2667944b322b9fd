import { useState } from 'react';
import { BreakGlass } from './break-glass.tsx';
import type { Me } from './shell.tsx';
import { useAnswer } from './use-clinic.ts';
import type { ListedPatient } from './use-clinic.ts';

/** The patients by ward: one's own are links, others are opened in an emergency only. */
export function WardsPage({ me }: { readonly me: Me }) {
  const [patients] = useAnswer<ListedPatient[]>('/api/patients');
  const [words, setWords] = useState('');
  if (patients.kind === 'loading') return <p className="quiet page" aria-busy="true" />;
  if (patients.kind === 'refused')
    return (
      <p className="notice page" role="alert">
        {patients.refusal.message}
      </p>
    );
  if (patients.value.length === 0) {
    return (
      <section className="page">
        <h1>No ward</h1>
        <p className="lead">
          {me.name} works on no ward. Ask for a role such as <code>Ward.4B</code> in the app registration.
        </p>
      </section>
    );
  }
  const matches = patients.value.filter(({ name }) =>
    name.toLocaleLowerCase().includes(words.toLocaleLowerCase()),
  );
  matches.sort((a, b) => a.name.localeCompare(b.name));
  const mine = matches.filter(({ isMine }) => isMine);
  const others = matches.filter(({ isMine }) => !isMine);
  return (
    <section className="page wide">
      <h1>Patients</h1>
      <div className="field search">
        <label htmlFor="search">Find by name</label>
        <input
          id="search"
          type="search"
          value={words}
          onChange={(event) => {
            setWords(event.target.value);
          }}
        />
      </div>
      {byWard(mine).map(([ward, list]) => (
        <section key={ward} aria-labelledby={`ward-${ward}`}>
          <h2 id={`ward-${ward}`}>Ward {ward}</h2>
          <ul className="patients">
            {list.map(({ id, name, born }) => (
              <li key={id}>
                <a className="patient" href={`/patients/${id}`}>
                  <strong>{name}</strong>
                  <span className="quiet">born {born}</span>
                </a>
              </li>
            ))}
          </ul>
        </section>
      ))}
      {mine.length === 0 && <p className="quiet">No patient of your wards has this name.</p>}
      {words !== '' && others.length > 0 && (
        <section aria-labelledby="others">
          <h2 id="others">Other wards</h2>
          <p className="quiet">Only in an emergency, with a reason. The privacy officer sees each access.</p>
          <ul className="patients">
            {others.map((patient) => (
              <li key={patient.id} className="patient">
                <strong>{patient.name}</strong>
                <span className="quiet">ward {patient.ward}</span>
                {patient.emergencyUntil === undefined ? (
                  <BreakGlass patient={patient} />
                ) : (
                  <a href={`/patients/${patient.id}`}>Open</a>
                )}
              </li>
            ))}
          </ul>
        </section>
      )}
    </section>
  );
}

function byWard(patients: readonly ListedPatient[]): [string, ListedPatient[]][] {
  const wards = new Map<string, ListedPatient[]>();
  for (const patient of patients) wards.set(patient.ward, [...(wards.get(patient.ward) ?? []), patient]);
  return [...wards];
}
