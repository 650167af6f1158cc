import { CredentialError } from '@stagedoor/client';
import { brokerPlace, openBroker } from '@stagedoor/client/node';
import { OperatorError } from '../../operator-error.ts';
import { toPlainText } from '../../plain-text.ts';
import type { CommandContext } from '../command-context.ts';

/** `stagedoor broker`: serves until a signal ends it. */
export async function runBroker(
  { loopback = false, json }: { readonly loopback?: boolean; readonly json: boolean },
  context: CommandContext,
): Promise<void> {
  const place = brokerPlace(context.environment);
  const broker = await openBroker({ place, loopback }).catch((error: unknown) => {
    if (error instanceof CredentialError) throw new OperatorError(error.code, error.message, { cause: error });
    throw error;
  });
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
  const ready = { ready: true, address: broker.address, pid: process.pid };
  context.out(json ? `${JSON.stringify(ready)}\n` : `tokens are served at ${toPlainText(broker.address)}\n`);
  await stopped;
  await broker.close();
}
