import type { Forwarding } from '@stagedoor/gateway';
import type { Bound } from './bind.ts';
import { holdsStrangers, readNetwork } from './network.ts';
import { isSaid } from './property.ts';
import type { Reports } from './reports.ts';
import type { Settings } from './table/index.ts';

const PEERS = 'stagedoor.forwarded.peers';
const NEED_PEERS = ['stagedoor.forwarded.headers', 'stagedoor.forwarded.certificate-header'] as const;

/** Whom to believe about clients; null for nobody, which is the default. */
export function forwardingOf(settings: Settings): Forwarding | null {
  const peers = settings[PEERS].map(readNetwork).filter((network) => network !== null);
  if (peers.length === 0) return null;
  return {
    peers,
    headers: settings['stagedoor.forwarded.headers'],
    certificateHeader: settings['stagedoor.forwarded.certificate-header']?.toLowerCase() ?? null,
  };
}

/** Forwarded headers are believed of proxies that are known, and never of everybody (threats, "forwarded headers"). */
export function checkForwarding({ settings, originOf }: Bound, { problems }: Reports): void {
  for (const [index, text] of settings[PEERS].entries()) {
    const network = readNetwork(text);
    if (network === null || !holdsStrangers(network)) continue;
    const key = `${PEERS}[${index}]`;
    const rule = `is so wide a network that strangers are in it, who could then call themselves anybody: name the addresses of the proxies, or a network of /8 or less (IPv6: /7)`;
    problems.addUnless([PEERS], key, originOf(key), rule);
  }
  if (settings[PEERS].length > 0) return;
  for (const key of NEED_PEERS.filter((one) => isSaid(originOf(one))))
    problems.addUnless([PEERS], key, originOf(key), `believes nobody without ${PEERS}: name the proxies there`);
}
