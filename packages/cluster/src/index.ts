export * from './cluster-error.ts';
export * from './cluster-port.ts';
export * from './matches-pattern.ts';
export * from './record-search.ts';
