import { createRoot } from 'react-dom/client';
import './page.css';
import './app.css';
import { RunPage } from './run.tsx';
import { Shell } from './shell.tsx';
import { TrailPage } from './trail.tsx';

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no element #root.');

createRoot(root).render(
  <Shell
    name="Staff agent"
    pitch="Ask for colleagues and expense reports. It acts with your own rights, and asks before it changes anything."
    pages={[
      ['/', 'Ask'],
      ['/trail', 'Trail'],
    ]}
  >
    {(me) => (location.pathname === '/trail' ? <TrailPage me={me} /> : <RunPage me={me} />)}
  </Shell>,
);
