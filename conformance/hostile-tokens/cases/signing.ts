import { createHmac, createSign, hash, sign as signBytes } from 'node:crypto';
import { encode, type Forge, type HostileToken, jwkOf, keys, pss } from '../forge.ts';

const ALG = 'TOKEN_ALGORITHM_REFUSED';
const SIGNATURE = 'TOKEN_SIGNATURE_INVALID';
const UNKNOWN = 'TOKEN_KEY_UNKNOWN';
const RS256 = { alg: 'RS256', kid: 'rsa' };
const ES256 = { alg: 'ES256', kid: 'ec' };

const hmac = (secret: string | Uint8Array) => (input: string) => createHmac('sha256', secret).update(input).digest();
const p1363 = (input: string) =>
  signBytes('sha256', Buffer.from(input), { key: keys.ec.privateKey, dsaEncoding: 'ieee-p1363' });
const pkcs1 = (digest: string) => (input: string) => createSign(digest).update(input).sign(keys.rsa.privateKey);
/** EMSA-PKCS1-v1_5 of RFC 8017 section 9.2, for SHA-256 and 2048 bits. */
const paddedDigest = (input: string) => {
  const info = Buffer.from(`3031300d060960864801650304020105000420${hash('sha256', input)}`, 'hex');
  return Buffer.concat([Buffer.from([0, 1]), Buffer.alloc(253 - info.length, 0xff), Buffer.alloc(1), info]);
};
const signature = ({ parts }: Forge) => Buffer.from(parts[2], 'base64url');

/** Names of algorithms that are none of ours; each comes with a signature that would be good under RS256. */
const NAMES: readonly (readonly [paragraph: string, what: string, alg: unknown])[] = [
  ['RFC 8725 3.1', 'none with a signature', 'none'],
  ['RFC 8725 3.1', 'None', 'None'],
  ['RFC 8725 3.1', 'NONE', 'NONE'],
  ['RFC 8725 3.1', 'nOnE', 'nOnE'],
  ['RFC 8725 3.1', 'none with a space', 'none '],
  ['RFC 7515 4.1.1', 'an empty name', ''],
  ['RFC 7515 4.1.1', 'no alg', undefined],
  ['RFC 7515 4.1.1', 'null', null],
  ['RFC 7515 4.1.1', 'a number', 256],
  ['RFC 7515 4.1.1', 'a list', ['RS256']],
  ['RFC 7515 4.1.1', 'an object', { RS256: true }],
  ['RFC 7515 4.1.1', 'small letters', 'rs256'],
  ['RFC 7515 4.1.1', 'a space after the name', 'RS256 '],
  ['RFC 7515 4.1.1', 'a NUL after the name', 'RS256\0'],
  ['RFC 7515 4.1.1', 'a Cyrillic letter in the name', 'R\u0405256'],
  ['RFC 7515 4.1.1', 'full-width digits in the name', 'RS\uff12\uff15\uff16'],
  ['RFC 7515 4.1.1', 'a member of every object', 'constructor'],
  ['RFC 7518 3.1', 'RS1', 'RS1'],
  ['RFC 8812 3.2', 'ES256K', 'ES256K'],
  ['RFC 7518 4.1', 'an algorithm of encryption', 'RSA-OAEP'],
  ['RFC 7518 4.1', 'dir', 'dir'],
  ['RFC 9864 2.2', 'Ed448', 'Ed448'],
];

export const ALGORITHMS: readonly HostileToken[] = [
  ['RFC 8725 3.1: none without a signature', 'TOKEN_MALFORMED', (f) => f.signedAs({ alg: 'none' }, new Uint8Array())],
  ...NAMES.map(
    ([paragraph, what, alg]): HostileToken => [
      `${paragraph}: ${what}`,
      ALG,
      (f) => f.signedAs({ kid: 'rsa', alg }, pkcs1('sha256')),
    ],
  ),
  ...['HS256', 'HS384', 'HS512'].map(
    (alg): HostileToken => [`RFC 8725 2.1: ${alg} with the public key in PEM`, ALG, (f) => f.under({ alg })],
  ),
  [
    'RFC 8725 2.1: HS256 with the public key as JWK',
    ALG,
    (f) => f.signedAs({ ...RS256, alg: 'HS256' }, hmac(JSON.stringify(jwkOf(keys.rsa)))),
  ],
  [
    'RFC 8725 2.1: HS256 with the public key in DER',
    ALG,
    (f) => f.signedAs({ ...RS256, alg: 'HS256' }, hmac(keys.rsa.publicKey.export({ format: 'der', type: 'spki' }))),
  ],
  ['RFC 8725 2.1: HS256 with an empty secret', ALG, (f) => f.signedAs({ ...RS256, alg: 'HS256' }, hmac(''))],
  [
    'RFC 8725 2.1: HS256 with a secret that the issuer publishes',
    ALG,
    (f) => f.signedAs({ alg: 'HS256', kid: 'secret' }, hmac('everybody knows this secret')),
  ],
  ...['PS256', 'PS384', 'PS512'].map(
    (alg): HostileToken => [`RFC 7518 3.5: ${alg}, which no policy has`, ALG, (f) => f.under({ alg }, keys.anyRsa)],
  ),
  ['RFC 8725 3.1: RS384 with a key for RS256', ALG, (f) => f.under({ alg: 'RS384' })],
  ['RFC 8725 3.1: RS512 with a key for RS256', ALG, (f) => f.under({ alg: 'RS512' })],
  ['RFC 8725 3.1: ES256 and the name of an RSA key', ALG, (f) => f.under({ alg: 'ES256', kid: 'rsa' }, keys.ec)],
  ['RFC 8725 3.1: RS256 and the name of an EC key', ALG, (f) => f.under({ kid: 'ec' })],
  ['RFC 8725 3.1: RS256 and the name of an Ed25519 key', ALG, (f) => f.under({ kid: 'ed' })],
  ['RFC 8725 3.1: EdDSA and the name of an EC key', ALG, (f) => f.under({ alg: 'EdDSA', kid: 'ec' }, keys.ed)],
  ['RFC 7518 3.4: ES384 and the name of a P-256 key', ALG, (f) => f.under({ alg: 'ES384' }, keys.ec)],
  ['RFC 7518 3.4: ES256 and the name of a P-384 key', ALG, (f) => f.under({ alg: 'ES256' }, keys.ec384)],
];

export const SIGNATURES: readonly HostileToken[] = [
  [
    'RFC 7515 5.2: a signature of another payload',
    SIGNATURE,
    (f) => [f.parts[0], encode(JSON.stringify(f.claims({ client_id: 'admin' }))), f.parts[2]].join('.'),
  ],
  [
    'RFC 7515 5.2: a signature of another header',
    SIGNATURE,
    ({ parts: [, p, s] }) => `${encode(JSON.stringify({ ...RS256, typ: 'at+jwt' }))}.${p}.${s}`,
  ],
  [
    'RFC 7515 5.2: a signature of the same token in other letters',
    SIGNATURE,
    ({ parts: [h, , s], ...f }) => `${h}.${encode(JSON.stringify({ iss: f.issuer }))}.${s}`,
  ],
  ['RFC 8017 8.2: a signature of zeros', SIGNATURE, (f) => f.signedAs(RS256, Buffer.alloc(256))],
  [
    'RFC 8017 8.2: a signature of one',
    SIGNATURE,
    (f) => f.signedAs(RS256, Buffer.concat([Buffer.alloc(255), Buffer.from([1])])),
  ],
  ['RFC 8017 8.2: a signature above the modulus', SIGNATURE, (f) => f.signedAs(RS256, Buffer.alloc(256, 0xff))],
  ['RFC 8017 8.2.2: a signature of one byte', SIGNATURE, (f) => f.signedAs(RS256, Buffer.from([1]))],
  [
    'RFC 8017 8.2.2: a byte before the signature',
    SIGNATURE,
    (f) => `${f.parts.slice(0, 2).join('.')}.${encode(Buffer.concat([Buffer.alloc(1), signature(f)]))}`,
  ],
  [
    'RFC 8017 8.2.2: a byte after the signature',
    SIGNATURE,
    (f) => `${f.parts.slice(0, 2).join('.')}.${encode(Buffer.concat([signature(f), Buffer.alloc(1)]))}`,
  ],
  [
    'RFC 8017 8.2.2: a signature cut short',
    SIGNATURE,
    (f) => `${f.parts.slice(0, 2).join('.')}.${encode(signature(f).subarray(0, 255))}`,
  ],
  ['RFC 8017 8.2.2: a signature of eight kilobytes', SIGNATURE, (f) => f.signedAs(RS256, Buffer.alloc(8192, 7))],
  ['RFC 7518 3.3: RS256 with SHA-1 inside', SIGNATURE, (f) => f.signedAs(RS256, pkcs1('sha1'))],
  ['RFC 7518 3.3: RS256 with SHA-512 inside', SIGNATURE, (f) => f.signedAs(RS256, pkcs1('sha512'))],
  [
    'RFC 7518 3.3: RS256 with the padding of PSS',
    SIGNATURE,
    (f) => f.signedAs(RS256, (input) => pss(input, keys.rsa.privateKey)),
  ],
  ['RFC 7518 3.4: an ES256 signature of zeros', SIGNATURE, (f) => f.signedAs(ES256, Buffer.alloc(64))],
  ['RFC 7518 3.4: an ES256 signature of ones', SIGNATURE, (f) => f.signedAs(ES256, Buffer.alloc(64, 0xff))],
  [
    'RFC 7518 3.4: an ES256 signature in DER',
    SIGNATURE,
    (f) => f.signedAs(ES256, (input) => signBytes('sha256', Buffer.from(input), keys.ec.privateKey)),
  ],
  [
    'RFC 7518 3.4: an ES256 signature cut short',
    SIGNATURE,
    (f) => f.signedAs(ES256, (input) => p1363(input).subarray(0, 63)),
  ],
  [
    'RFC 7518 3.4: an ES256 signature with a byte after it',
    SIGNATURE,
    (f) => f.signedAs(ES256, (input) => Buffer.concat([p1363(input), Buffer.alloc(1)])),
  ],
  [
    'RFC 8032 5.1.7: an EdDSA signature of zeros',
    SIGNATURE,
    (f) => f.signedAs({ alg: 'EdDSA', kid: 'ed' }, Buffer.alloc(64)),
  ],
  [
    'RFC 8037 3.1: an RSA signature that says EdDSA',
    SIGNATURE,
    (f) => f.signedAs({ alg: 'EdDSA', kid: 'ed' }, pkcs1('sha256')),
  ],
  [
    'RFC 7515 10.1: signed by nobody whom the issuer knows, without kid',
    SIGNATURE,
    (f) => f.under({ kid: undefined }, keys.attacker),
  ],
  [
    'RFC 7515 10.1: signed by nobody whom the issuer knows, under a known kid',
    SIGNATURE,
    (f) => f.under({ kid: 'rsa' }, keys.attacker),
  ],
  ['RFC 8725 3.8: of one issuer, signed by another under the same kid', SIGNATURE, (f) => f.under({}, keys.neighbour)],
  ['RFC 8725 3.8: of the other issuer, signed by this one', SIGNATURE, (f) => f.sign(f.claims({ iss: f.neighbour }))],
  [
    'RFC 8725 3.8: of the other issuer, with a kid of this one',
    UNKNOWN,
    (f) => f.sign(f.claims({ iss: f.neighbour }), keys.ec, { alg: 'ES256' }),
  ],
];

export const KEYS: readonly HostileToken[] = [
  ['RFC 7517 4.2: a key for encryption', UNKNOWN, (f) => f.under({}, keys.encryption)],
  ['RFC 7517 4.2: a key for encryption, not named', SIGNATURE, (f) => f.under({ kid: undefined }, keys.encryption)],
  ['RFC 7517 4.3: a key whose operations are others', UNKNOWN, (f) => f.under({ kid: 'operations' }, keys.encryption)],
  ['RFC 7517 4.4: a key for PS256', UNKNOWN, (f) => f.under({ kid: 'pss' }, keys.encryption)],
  ['RFC 7517 4.4: a key for RSA-OAEP', UNKNOWN, (f) => f.under({ kid: 'oaep' }, keys.encryption)],
  ['RFC 7518 3.3: an RSA key of 1024 bits', UNKNOWN, (f) => f.under({}, keys.weak)],
  ['RFC 7518 3.3: an RSA key of 1024 bits, not named', SIGNATURE, (f) => f.under({ kid: undefined }, keys.weak)],
  [
    'RFC 8017 3.1: an RSA key whose exponent is 1: the padded digest is its own signature',
    UNKNOWN,
    (f) => f.signedAs({ alg: 'RS256', kid: 'exponent' }, paddedDigest),
  ],
  ['RFC 7517 4.1: the name of a published secret', UNKNOWN, (f) => f.under({ kid: 'secret' })],
];
