import * as v from 'valibot';
import type { IdentityFile } from './identity-file.ts';

const text = v.pipe(v.string(), v.nonEmpty());
const guid = v.pipe(v.string(), v.regex(/^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/));
const url = v.pipe(v.string(), v.url());

const names = v.array(text);
const byName = <Schema extends v.GenericSchema>(item: Schema) => v.record(text, item);

const clientId = v.pipe(
  guid,
  v.description('Application (client) id. Without one it is derived from the name.'),
);
const groups = v.pipe(names, v.description('Names of groups it belongs to.'));
const appRoles = v.pipe(
  byName(names),
  v.description('App roles by the name of the API that defines them. The API `graph` is Microsoft Graph.'),
);

const app = v.strictObject({
  clientId: v.exactOptional(clientId),
  objectId: v.exactOptional(guid),
  secret: v.exactOptional(
    v.pipe(v.union([text, names]), v.description('A client secret, or several that are valid now.')),
  ),
  expiredSecrets: v.exactOptional(names),
  certificates: v.exactOptional(
    v.pipe(names, v.description('PEM certificates it may sign assertions with.')),
  ),
  federatedCredentials: v.exactOptional(
    v.array(
      v.strictObject({
        issuer: text,
        subject: text,
        audience: v.exactOptional(text),
        jwks: v.exactOptional(v.strictObject({ keys: v.array(v.looseObject({ kty: v.string() })) })),
      }),
    ),
  ),
  redirectUris: v.exactOptional(
    v.pipe(
      v.array(url),
      v.description(
        'Where sign-ins may end, for example "http://localhost:3000/callback". Without any: this machine.',
      ),
    ),
  ),
  identifierUri: v.exactOptional(text),
  scopes: v.exactOptional(
    v.pipe(names, v.description('Delegated permissions it offers, for example "access_as_user".')),
  ),
  consented: v.exactOptional(v.boolean()),
  publicClient: v.exactOptional(v.boolean()),
  groups: v.exactOptional(groups),
  appRoles: v.exactOptional(appRoles),
});

const user = v.strictObject({
  objectId: v.exactOptional(guid),
  name: v.exactOptional(v.pipe(text, v.description('Display name.'))),
  username: v.exactOptional(
    v.pipe(text, v.description('User principal name, for example "ada@contoso.com".')),
  ),
  password: v.exactOptional(
    v.pipe(text, v.description('Without one the sign-in page does not ask for a password.')),
  ),
  groups: v.exactOptional(groups),
  appRoles: v.exactOptional(appRoles),
  disabled: v.exactOptional(v.boolean()),
});

const roleAssignment = v.strictObject({
  principal: v.pipe(text, v.description('Name of an app, a user or a group.')),
  role: v.pipe(text, v.description('An Azure role, for example "Cognitive Services OpenAI User".')),
  resource: v.exactOptional(
    v.pipe(text, v.description('A resource of the config. Without one: every resource.')),
  ),
});

/** The shape of the file. Names in it are checked by the directory. */
export function identityFileSchema(): v.GenericSchema<IdentityFile> {
  return v.strictObject({
    $schema: v.exactOptional(v.string()),
    tenantId: v.exactOptional(guid),
    otherTenants: v.exactOptional(v.array(guid)),
    apps: v.exactOptional(
      v.pipe(byName(app), v.description('App registrations by name. The first is the web app.')),
    ),
    users: v.exactOptional(v.pipe(byName(user), v.description('People who can sign in, by name.'))),
    groups: v.exactOptional(v.pipe(byName(guid), v.description('Object ids of groups by name.'))),
    roleAssignments: v.exactOptional(
      v.pipe(
        v.array(roleAssignment),
        v.description('Who may call what. Without any, every app and every user may call everything.'),
      ),
    ),
    vault: v.exactOptional(
      v.pipe(
        v.strictObject({
          keys: v.exactOptional(v.pipe(names, v.description('Names of RSA keys.'))),
          secrets: v.exactOptional(v.pipe(byName(v.string()), v.description('Secrets by name.'))),
        }),
        v.description('What Key Vault holds at the start.'),
      ),
    ),
  });
}
