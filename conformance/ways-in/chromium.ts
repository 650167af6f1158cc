import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const EXECUTABLE = '/usr/bin/chromium';

/** Debian's Chromium, for which these names all are this machine: what DNS says of them is the attacker's choice. */
export const FOREIGN_NAME = 'evil.example';

export function hasChromium(): boolean {
  return existsSync(EXECUTABLE);
}

/** A browser that asks nobody else for anything. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: EXECUTABLE,
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      // Other browsers, and this one a year ago, do not keep pages from the local network: our rules have to stand alone.
      '--disable-features=LocalNetworkAccessChecks,LocalNetworkAccessChecksWarn,PrivateNetworkAccessSendPreflights',
      `--host-resolver-rules=MAP ${FOREIGN_NAME} 127.0.0.1`,
    ],
  });
}
