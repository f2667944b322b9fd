export type { AuthHeaders, Credential } from './credential.ts';
