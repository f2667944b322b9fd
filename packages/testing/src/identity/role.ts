import type { App, Directory, User } from './directory.ts';
import { actions, dataActions } from './role-table.ts';

/** A permission to look up in the role assignments. */
export interface Permission {
  readonly kind: 'action' | 'data-action';
  /** For example `Microsoft.CognitiveServices/accounts/OpenAI/deployments/chat/completions/action`. */
  readonly name: string;
  /** Key of the resource in the config. */
  readonly resource?: string;
}

/** What the roles of the principal on a resource allow, one entry for each. */
export function permissionsOf(
  directory: Directory,
  principal: App | User,
  resource: string,
): { readonly actions: readonly string[]; readonly dataActions: readonly string[] }[] {
  const names = namesOf(principal);
  return directory.roleAssignments
    .filter((assignment) => names.includes(assignment.principal))
    .filter((assignment) => assignment.resource === undefined || assignment.resource === resource)
    .map(({ role }) => ({ actions: actions.get(role) ?? [], dataActions: dataActions.get(role) ?? [] }));
}

/** Whether a role of the principal, its own or of one of its groups, allows `permission`. */
export function isAllowed(directory: Directory, principal: App | User, permission: Permission): boolean {
  const names = namesOf(principal);
  const table = permission.kind === 'action' ? actions : dataActions;
  return directory.roleAssignments.some(
    (assignment) =>
      names.includes(assignment.principal) &&
      (assignment.resource === undefined || assignment.resource === permission.resource) &&
      (table.get(assignment.role) ?? []).some((pattern) => matches(pattern, permission.name)),
  );
}

/** A principal has the roles of its groups as well. */
function namesOf(principal: App | User): readonly string[] {
  return [principal.kind === 'app' ? principal.name : principal.key, ...(principal.groups ?? [])];
}

function matches(pattern: string, name: string): boolean {
  const [start = '', end] = pattern.toLowerCase().split('*');
  const wanted = name.toLowerCase();
  if (end === undefined) return wanted === start;
  return wanted.length >= start.length + end.length && wanted.startsWith(start) && wanted.endsWith(end);
}
