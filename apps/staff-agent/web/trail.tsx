import { useEffect, useState } from 'react';
import type { Me } from './shell.tsx';
import { detailOf, titleOf } from './timeline.tsx';
import type { Entry } from './use-run.ts';

/** Every step of every run: a person's own, for an auditor everybody's. */
export function TrailPage({ me }: { readonly me: Me }) {
  const [entries, setEntries] = useState<readonly Entry[]>();
  useEffect(() => {
    void fetch('/api/trail').then(async (response) => {
      setEntries((await response.json()) as Entry[]);
    });
  }, []);
  const isAuditor = me.roles.includes('Auditor');
  return (
    <section className="page wide">
      <h1>Trail</h1>
      <p className="lead">
        {isAuditor
          ? 'Everybody’s steps, because you are an auditor.'
          : 'Your own steps. Auditors see them too.'}{' '}
        <a href="/api/trail.jsonl" download>
          Download as JSON lines
        </a>
      </p>
      {entries === undefined ? (
        <p className="quiet" aria-busy="true" />
      ) : (
        <div className="table" role="region" aria-label="Steps" tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">Time</th>
                <th scope="col">Person</th>
                <th scope="col">Step</th>
                <th scope="col">Detail</th>
                <th scope="col">Note</th>
              </tr>
            </thead>
            <tbody>
              {entries.map((entry) => (
                <tr key={entry.seq} className={entry.status}>
                  <td>{new Date(entry.atMs).toLocaleString()}</td>
                  <td>{entry.personName}</td>
                  <td>{titleOf(entry)}</td>
                  <td>{detailOf(entry)}</td>
                  <td className="note">{entry.note}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {entries.length === 0 && <p className="quiet empty">Nothing yet.</p>}
        </div>
      )}
    </section>
  );
}
