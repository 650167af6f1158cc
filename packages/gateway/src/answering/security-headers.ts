/** Headers that every answer of the API has (facts, section 1.4), names and values in turn; strict transport security belongs to TLS. */
export const SECURITY_HEADERS: readonly string[] = Object.entries({
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-cache, no-store, max-age=0, must-revalidate',
  pragma: 'no-cache',
  expires: '0',
  'x-frame-options': 'SAMEORIGIN',
  'referrer-policy': 'strict-origin-when-cross-origin',
  'cross-origin-opener-policy': 'same-origin-allow-popups',
  'cross-origin-resource-policy': 'same-site',
}).flat();
