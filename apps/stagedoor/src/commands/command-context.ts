import type { Clock } from '@stagedoor/access';
import type { ControlClient } from '../control/control-client.ts';
import type { StartOptions } from '../start-options.ts';
import type { PasswordSource } from './password-input.ts';

/** Everything a command touches outside itself. What costs time to load comes when it is asked for. */
export type CommandContext = {
  readonly clock: Clock;
  readonly input: PasswordSource;
  /** Standard output. The text ends its own lines. */
  readonly out: (text: string) => void;
  /** Standard error. */
  readonly err: (text: string) => void;
  /** The variables by which callers say who they are and where the APIs are. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** True where standard output is a terminal that shows colours. */
  readonly colours: boolean;
  /** True where standard error is a terminal: somebody waits there. */
  readonly watched: boolean;
  readonly controlClient: (dataDirectory: string) => Promise<ControlClient>;
  readonly start: (options: StartOptions) => Promise<void>;
  readonly config: (options: StartOptions) => Promise<void>;
};
