import { createRoot } from 'react-dom/client';
import { Chat } from './chat.tsx';
import { Shell } from './shell.tsx';
import './page.css';
import './app.css';

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no element #root.');
createRoot(root).render(
  <Shell
    name="Handbook"
    pitch="Ask what Halden Instruments has written down, and see the words it stands in. You get answers from the documents that you may read."
  >
    {(me) => <Chat me={me} />}
  </Shell>,
);
