import { isSlip, nearestName } from '@stagedoor/client/nearest-name';
import { sentence } from './problems.ts';
import { joinKey, type Origin, type Path, relaxed } from './property.ts';
import type { Reports } from './reports.ts';
import { keysBelow } from './schema.ts';
import type { Fields } from './value-type.ts';

type Unknown = { readonly below: string; readonly fields: Fields; readonly path: Path; readonly origin: Origin };

/** Ours and Camunda's security are refused, for a slip there is a hole; anything else may belong to somebody else (contract). */
export function reportUnknown({ below, fields, path, origin }: Unknown, { problems, warnings }: Reports): void {
  const written = joinKey('', path);
  const keys = keysBelow(fields);
  const within = keys.filter((key) => relaxed(key).startsWith(`${relaxed(written)}.`));
  const nearest = nearestName(written, within.length > 0 ? within : keys);
  const [first, second] = path.map((segment) => relaxed(String(segment)));
  const suggestion = below === '' ? nearest.name : `${below}.${nearest.name}`;
  if (below !== '' || first === 'stagedoor' || (first === 'camunda' && second === 'security')) {
    problems.add(joinKey(below, path), origin, `is not a known key: the nearest one is ${suggestion}`);
    return;
  }
  const hint = isSlip(written, nearest) ? `: did you mean ${suggestion}?` : '';
  warnings.add(sentence(written, origin, `is not known and has no effect${hint}`));
}
