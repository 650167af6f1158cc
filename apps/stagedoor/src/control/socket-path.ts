import { OperatorError } from '../operator-error.ts';

/** `sun_path` without its final NUL: 108 bytes on Linux, 104 on macOS (unix(7), unix(4)). Longer ones would be cut silently. */
const MAX_PATH_BYTES = process.platform === 'darwin' ? 103 : 107;

/** Throws an OperatorError for a path that is too long to be a socket's. */
export function verifySocketPath(path: string): void {
  const length = Buffer.byteLength(path);
  if (length <= MAX_PATH_BYTES) return;
  const fix = 'choose a data directory with a shorter path with --data';
  throw new OperatorError(
    'CONTROL_SOCKET_PATH',
    `the path of the control socket ${path} has ${length} bytes, ${MAX_PATH_BYTES} are possible: ${fix}`,
  );
}
