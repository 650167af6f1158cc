export { EngineFileError, type EngineFileErrorCode } from './engine-file-error.ts';
export { type Clock, type Engine, type EngineOptions, openEngine } from './open-engine.ts';
