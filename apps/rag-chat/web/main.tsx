import { createRoot } from 'react-dom/client';
import { Shell } from './shell.tsx';
import './page.css';

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no element #root.');

createRoot(root).render(
  <Shell name="Handbook" pitch="Ask what our policies say, and see the words they say it in.">
    {(me) => <p className="page">Hello {me.name}</p>}
  </Shell>,
);
