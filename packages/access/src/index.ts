export * from './actor.ts';
export * from './audit.ts';
export * from './decide.ts';
export * from './grant.ts';
export {
  grantsOfOperateRoles,
  OPERATE_ROLES,
  type OperateRole,
  tokenRoleOf,
} from './operate-levels.ts';
export * from './permissions.ts';
export * from './ports.ts';
export * from './principal.ts';
export * from './records.ts';
export * from './refusal.ts';
export * from './requirement.ts';
export { AccessSnapshot, type ReadClaim } from './snapshot.ts';
export * from './tenants-reached.ts';
export * from './visibility.ts';
export * from './vocabulary.ts';
