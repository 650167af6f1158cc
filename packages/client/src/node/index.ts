export type { CertificateFiles } from './client-certificate.ts';
export type { Complain } from './kept-files.ts';
export { SecretFile } from './secret-file.ts';
export { openTransport, type Transport, type TransportSettings } from './transport.ts';
