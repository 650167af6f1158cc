import { assertNever, type Visibility } from '@stagedoor/access';
import type { Visible } from './search-query.ts';

/** What a caller may see, for a collection whose items one permission names by one id each. */
export function visibleIds(visibility: Visibility): Visible {
  switch (visibility.kind) {
    case 'all':
    case 'none':
    case 'ids':
      return visibility;
    case 'properties':
      // Only user tasks are seen by their properties, and a caller of this has none: nothing is shown by mistake.
      return { kind: 'none' };
    default:
      return assertNever(visibility);
  }
}

/** Whether the item with this id is among what the caller may see. */
export function sees(visibility: Visibility, id: string): boolean {
  const visible = visibleIds(visibility);
  return visible.kind === 'all' || (visible.kind === 'ids' && visible.ids.includes(id));
}
