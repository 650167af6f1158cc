import type { Actor } from '@stagedoor/access';
import { askIdentity } from '../../../answering/identity-failure.ts';
import type { Cursors } from '../search/cursors.ts';
import type { SearchDescription } from '../search/search-description.ts';
import { readSearch, type SearchQuery, type Visible } from '../search/search-query.ts';
import type { IdentityRecords, RecordCommands } from './identity-port.ts';
import { type ReadId, readIdBy } from './read-path-id.ts';

/** What the rows on identity records are made of. */
export type RecordsParts = {
  readonly records: IdentityRecords;
  readonly cursors: Cursors;
  readonly readId: ReadId;
};

export function recordsParts(identity: IdentityRecords, cursors: Cursors, idPattern: RegExp): RecordsParts {
  return { records: identity, cursors, readId: readIdBy(idPattern) };
}

/** Changes records as this actor; what is refused comes out as a `Failure`. */
export function change<T>(
  { records }: RecordsParts,
  actor: Actor,
  command: (commands: RecordCommands) => Promise<T>,
): Promise<T> {
  return askIdentity(command(records.by(actor)));
}

/** Reads a search of records. `scope` names the row and the ids in its path. */
export function readRecordSearch<Field extends string>(
  { cursors }: RecordsParts,
  description: SearchDescription<Field>,
  body: unknown,
  visible: Visible,
  scope: readonly string[],
): SearchQuery<Field> {
  return readSearch(description, body, { cursors, visible, scope });
}
