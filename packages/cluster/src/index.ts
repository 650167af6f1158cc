export * from './cluster-error.ts';
export * from './cluster-port.ts';
export * from './record-search.ts';
