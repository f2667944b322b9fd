import { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { Caller } from '../bearer.ts';
import { refuse, say } from '../tool-result.ts';
import type { People, Person } from './people.ts';

/** The people directory as one caller sees it. */
export function directoryServer(people: People, caller: Caller): McpServer {
  const server = new McpServer({ name: 'directory', version: '1.0.0' });

  server.registerTool(
    'find_people',
    {
      description:
        'Finds colleagues by a part of their name. Answers name, title, department, office, e-mail and manager.',
      inputSchema: z.object({ name: z.string().min(1).max(100).describe('For example Bob') }),
      annotations: { readOnlyHint: true },
    },
    async ({ name }) =>
      say(
        people
          .find(name)
          .slice(0, 10)
          .map((person) => card(people, person)),
      ),
  );

  server.registerTool(
    'get_mobile_number',
    {
      description: 'The mobile number of one colleague. For the person and the managers above only.',
      inputSchema: z.object({
        name: z.string().min(1).max(100).describe('The whole name, for example Bob Stone'),
      }),
      annotations: { readOnlyHint: true },
    },
    async ({ name }) => {
      const matches = people.find(name);
      const [person] = matches;
      if (person === undefined || matches.length > 1)
        return refuse(`${matches.length} people are called ${JSON.stringify(name)}.`);
      const mayAsk = caller.id === person.id || people.isAbove(caller.id, person.id);
      if (!mayAsk)
        return refuse(
          `${caller.name} may not see the mobile number of ${person.name}: only the person and the managers above may.`,
        );
      return say({ name: person.name, mobile: person.mobile });
    },
  );
  return server;
}

/** What everybody may see. */
function card(people: People, { name, title, department, office, email, manager }: Person) {
  return {
    name,
    title,
    department,
    office,
    email,
    manager: manager === undefined ? 'nobody' : people.byId(manager)?.name,
  };
}
