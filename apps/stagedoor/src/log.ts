import type { DoorLog } from '@stagedoor/gateway';
import type { Logger } from 'pino';

/** What the program says while it runs, as JSON lines on stderr. Nothing secret is ever given to it. */
export type ProgramLog = {
  readonly door: DoorLog;
  fault(error: unknown, about: string): void;
  warn(message: string): void;
};

/** Characters that wait for room where the log is full; what comes then is lost, and the program goes on. */
const MOST_UNWRITTEN = 1_048_576;

/** The library is loaded with the first entry: a quiet program starts without it. */
export function openLog(): ProgramLog {
  let logger: Promise<Logger> | undefined;
  const write = (entry: (to: Logger) => void) => {
    logger ??= import('pino').then(({ pino }) =>
      pino(
        { base: null, timestamp: () => `,"time":"${new Date().toISOString()}"` },
        pino.destination({ dest: 2, sync: true, maxLength: MOST_UNWRITTEN }).on('error', () => undefined),
      ),
    );
    logger.then(entry).catch(() => {
      // The library may not have been loaded, for want of a file descriptor, say: the next entry tries again.
      logger = undefined;
      process.stderr.write('stagedoor: the log cannot be written\n');
    });
  };
  return {
    door: {
      refused: (entry) => write((to) => to.info(entry, 'refused')),
      fault: ({ method, path, error }) => write((to) => to.error({ method, path, err: error }, 'fault')),
    },
    fault: (error, about) => write((to) => to.error({ err: error }, about)),
    warn: (message) => write((to) => to.warn(message)),
  };
}
