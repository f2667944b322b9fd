import { createRoot } from 'react-dom/client';
import './page.css';
import './app.css';
import { AuditPage } from './audit.tsx';
import { PatientPage } from './patient.tsx';
import { Shell } from './shell.tsx';
import type { Me } from './shell.tsx';
import { WardsPage } from './wards.tsx';

function Page({ me }: { readonly me: Me }) {
  const [, first, id] = location.pathname.split('/');
  if (first === 'patients' && id !== undefined) return <PatientPage id={id} />;
  const isAuditor = me.roles.some((role) => role === 'PrivacyOfficer' || role === 'Auditor');
  if (first === 'audit') return <AuditPage me={me} />;
  if (isAuditor && !me.roles.some((role) => role.startsWith('Ward.'))) location.replace('/audit');
  return <WardsPage me={me} />;
}

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no element #root.');

createRoot(root).render(
  <Shell
    name="Case notes"
    pitch="Clinical notes, summarised and coded. What identifies a person stays in the house."
    pages={[
      ['/', 'Patients'],
      ['/audit', 'Audit'],
    ]}
  >
    {(me) => <Page me={me} />}
  </Shell>,
);
