export * from './decide.ts';
export * from './permissions.ts';
export * from './ports.ts';
export * from './principal.ts';
export * from './refusal.ts';
export * from './requirement.ts';
export * from './snapshot.ts';
export * from './vocabulary.ts';
