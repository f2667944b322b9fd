import { useState } from 'react';
import { Button } from 'react-aria-components';
import type { Me } from './shell.tsx';
import { ask, asRefusal, useAnswer } from './use-clinic.ts';
import type { AuditView, Emergency } from './use-clinic.ts';

/** Whether the chain is whole, who opened what in an emergency, and the newest entries. */
export function AuditPage({ me }: { readonly me: Me }) {
  const [view] = useAnswer<AuditView>('/api/audit');
  if (view.kind === 'loading') return <p className="quiet page" aria-busy="true" />;
  if (view.kind === 'refused')
    return (
      <section className="page">
        <h1>Audit</h1>
        <p className="notice" role="alert">
          {view.refusal.message}
        </p>
      </section>
    );
  const { verdict, entries } = view.value;
  return (
    <section className="page wide">
      <h1>Audit</h1>
      <p className={verdict.isWhole ? 'notice good' : 'notice'} role="status">
        {verdict.isWhole
          ? `The chain is whole to entry ${verdict.entries.toLocaleString()}${verdict.anchoredAt === undefined ? '' : `, anchored ${new Date(verdict.anchoredAt).toLocaleString()}`}.`
          : `The chain is not whole. ${verdict.problem ?? ''}`}
      </p>
      {me.roles.includes('PrivacyOfficer') && <Emergencies />}
      <h2>Newest entries</h2>
      <div className="table" role="region" aria-label="Newest entries" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Entry</th>
              <th scope="col">Time</th>
              <th scope="col">Who</th>
              <th scope="col">What</th>
              <th scope="col">Subject</th>
              <th scope="col">Detail</th>
            </tr>
          </thead>
          <tbody>
            {entries.map(({ seq, at, actor, action, subject, detail }) => (
              <tr
                key={seq}
                className={action.endsWith('refused') || action.endsWith('failed') ? 'refused' : undefined}
              >
                <td>{seq}</td>
                <td>{new Date(at).toLocaleString()}</td>
                <td>
                  <code>{actor.slice(0, 13)}</code>
                </td>
                <td>{action}</td>
                <td>
                  <code>{subject}</code>
                </td>
                <td>
                  {Object.entries(detail)
                    .map(([name, value]) => `${name} ${String(value)}`)
                    .join(', ')}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Emergencies() {
  const [list, reload] = useAnswer<Emergency[]>('/api/emergencies');
  const [problem, setProblem] = useState('');
  if (list.kind !== 'loaded') return null;
  const review = async (id: string) => {
    try {
      await ask(`/api/emergencies/${id}/review`, {});
      await reload();
    } catch (error) {
      setProblem(asRefusal(error).message);
    }
  };
  return (
    <section aria-labelledby="emergencies">
      <h2 id="emergencies">Emergency access to look at</h2>
      {problem !== '' && (
        <p className="notice" role="alert">
          {problem}
        </p>
      )}
      {list.value.length === 0 && <p className="quiet">Nothing is waiting.</p>}
      <ul className="patients">
        {list.value.map(({ id, patient, person, fromAt, reason }) => (
          <li key={id} className="patient">
            <strong>{reason}</strong>
            <span className="quiet">
              <code>{person.slice(0, 13)}</code> opened <code>{patient}</code> at{' '}
              {new Date(fromAt).toLocaleString()}
            </span>
            <Button
              className="button secondary"
              aria-label={`Looked at: ${reason}`}
              onPress={() => void review(id)}
            >
              Looked at
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
