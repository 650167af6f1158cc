/** The odd ones that divide what every modulus of the flawed library is made with, whatever its length. */
const PRIMES = [
  3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113,
  127, 131, 137, 139, 149, 151, 157, 163, 167,
] as const;
const GENERATOR = 65_537;

/**
 * Whether an RSA modulus is of the kind that chips with CVE-2017-15361 made, and that can be factored: its primes are powers of
 * 65537 modulo many small primes (Nemec and others, "The Return of Coppersmith's Attack", CCS 2017, section 3). Another
 * modulus looks so once in a hundred million times.
 */
export function isRocaModulus(modulus: bigint): boolean {
  return PRIMES.every((prime) => isPower(Number(modulus % BigInt(prime)), prime));
}

/** Whether a residue is a power of the generator modulo this prime. */
function isPower(residue: number, prime: number): boolean {
  let power = 1;
  do {
    if (power === residue) return true;
    power = (power * GENERATOR) % prime;
  } while (power !== 1);
  return false;
}
