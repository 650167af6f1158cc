/** Vectors of one file that are valid there and refused here, by their `tcId`, and why. What is invalid there is refused here, without exception. */
export type Difference = { readonly reason: string; readonly tests: readonly number[] };

const SHARED_SECRETS = 'HS*: a secret is no key that an issuer publishes, and whoever verifies with it could sign';

export const SIGNATURE_DIFFERENCES: readonly Difference[] = [
  { reason: SHARED_SECRETS, tests: [1, 348, 352, 357, 358, 359, 372, 373, 376, 377] },
  {
    reason:
      'PS*: access tokens of Camunda have none of them, and an algorithm that nobody uses is one more to go wrong',
    tests: [273, 274, 275, 287, 288, 321, 322, 323, 326, 327, 328, 346, 350],
  },
  { reason: 'the payload is empty, so it has no claims and is no token', tests: [259, 264, 268, 272, 320, 325] },
  { reason: 'the key is for ES521, which is no algorithm (RFC 7518 section 3.4 has ES512)', tests: [347, 351] },
];

export const KEY_DIFFERENCES: readonly Difference[] = [{ reason: SHARED_SECRETS, tests: [2, 13, 14, 15] }];
