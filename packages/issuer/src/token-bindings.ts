/** What all tokens of a client are bound to, whether it asks for that or not. */
export const TOKEN_BINDINGS = ['none', 'certificate', 'dpop'] as const;
export type TokenBinding = (typeof TOKEN_BINDINGS)[number];
