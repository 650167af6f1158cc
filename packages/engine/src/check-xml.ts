// XML 1.0, section 2.2: what no document may hold, not even as a reference (section 4.1).
const FORBIDDEN_CHARACTER = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

// Comments, CDATA sections and processing instructions as a whole; then what may not stand outside of them. Linear: an
// opening without its end is itself a match, and the first problem ends the search.
const NOTABLE =
  /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<\?[\s\S]*?\?>|(?<declaration><[!?])|&(?:amp|lt|gt|quot|apos);|&#(?:x(?<hex>[0-9a-fA-F]+)|(?<decimal>[0-9]+));|(?<entity>&)|(?<namespace>\bxmlns\b)/g;

/** Far above any modeler's; the parser copies the known ones for each element that declares another. */
const MAX_NAMESPACE_DECLARATIONS = 1000;

/**
 * What is wrong with a document before it is parsed, or null. No document type declaration and no entity of one's own is
 * accepted: they can read files and grow without bound. The parser accepts more than XML allows, so that this is checked here.
 * Not checked: that tags match, which the parser does.
 */
export function checkXml(xml: string): string | null {
  if (FORBIDDEN_CHARACTER.test(xml)) return 'has a character that XML forbids';
  let namespaces = 0;
  for (const { groups } of xml.matchAll(NOTABLE)) {
    if (!groups) continue;
    if (groups.declaration) return 'has a DOCTYPE or another markup declaration, which is not accepted';
    if (groups.entity) return 'has an entity reference other than &amp; &lt; &gt; &quot; &apos;, which is not accepted';
    if (groups.namespace && ++namespaces > MAX_NAMESPACE_DECLARATIONS) {
      return `has more than ${MAX_NAMESPACE_DECLARATIONS} namespace declarations`;
    }
    if (isForbiddenReference(groups.hex, groups.decimal)) return 'has a reference to a character that XML forbids';
  }
  return null;
}

function isForbiddenReference(hex: string | undefined, decimal: string | undefined): boolean {
  const code = hex === undefined ? Number.parseInt(decimal ?? '32', 10) : Number.parseInt(hex, 16);
  if (!(code <= 0x10ffff)) return true;
  return FORBIDDEN_CHARACTER.test(String.fromCodePoint(code)) || (code >= 0xd800 && code <= 0xdfff);
}
