import { statSync } from 'node:fs';
import type { TlsIdentity } from '@stagedoor/gateway';
import type { TlsSettings } from '../configuration/index.ts';
import { OperatorError } from '../operator-error.ts';
import { filesOf, readIdentity } from './read-identity.ts';

export type CertificateWatchParts = {
  readonly settings: TlsSettings;
  readonly renew: (identity: TlsIdentity) => void;
  readonly now: () => number;
  /** A sentence for the operator: new files are used, or why they are not. */
  readonly say: (sentence: string) => void;
};

/**
 * Takes new certificates when their files change. Looks at the files rather than waiting for word of them: a Kubernetes secret
 * changes by a link far above. Files that cannot be used leave everything as it is; why is said once for each change. They are
 * tried again, for they may become good as they are: a certificate whose time has not come, a file that could not be opened.
 */
export class CertificateWatch {
  readonly #parts: CertificateWatchParts;
  /** The files in use. */
  #seen: string;
  /** Those that cannot be used, and why; null where there are none. */
  #unusable: string | null = null;

  constructor(parts: CertificateWatchParts, seen = marksOf(parts.settings)) {
    this.#parts = parts;
    this.#seen = seen;
  }

  check(): void {
    const { settings, renew, now, say } = this.#parts;
    // Before the reading: what changes meanwhile is seen the next time.
    const marks = marksOf(settings);
    if (marks === this.#seen) return;
    const [file] = filesOf(settings);
    try {
      renew(readIdentity(settings, now()));
      this.#seen = marks;
      this.#unusable = null;
      say(`the TLS files around ${file} have changed: new connections use them`);
    } catch (error) {
      const reasons = error instanceof OperatorError ? error.message : 'OpenSSL does not take them';
      if (this.#unusable === marks + reasons) return;
      this.#unusable = marks + reasons;
      for (const reason of reasons.split('\n'))
        say(`the TLS files around ${file} have changed and are not used; the old ones stay: ${reason}`);
    }
  }
}

/** What tells one state of the files from another without reading them. */
export function marksOf(settings: TlsSettings): string {
  return filesOf(settings).map(markOf).join(' ');
}

function markOf(path: string): string {
  try {
    const { ino, size, mode, mtimeMs, ctimeMs } = statSync(path);
    return [ino, size, mode, mtimeMs, ctimeMs].join(':');
  } catch {
    return 'missing';
  }
}
