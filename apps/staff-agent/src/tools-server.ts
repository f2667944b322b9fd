// npm run tools: the tool servers in a process of their own. The agent finds them by TOOLS_URL.
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { openDatabase } from './database.ts';
import { loadPeople } from './tool-servers/directory/people.ts';
import { openReports } from './tool-servers/expenses/reports.ts';
import { listen, toolApis, toolServers } from './tool-servers/tool-servers.ts';

const { env } = process;
const database = openDatabase(
  join(env.DATA_FOLDER ?? fileURLToPath(new URL('../.data', import.meta.url)), 'expenses.db'),
);
const app = toolServers({
  authority: env.SIGN_IN_AUTHORITY ?? '',
  apis: toolApis(env),
  data: { reports: openReports(database), people: loadPeople() },
});
const { url, close } = await listen(app, Number(env.TOOLS_PORT ?? 3001));
console.log(`Tools: ${url}`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void close().then(() => {
      database.close();
    });
  });
}
