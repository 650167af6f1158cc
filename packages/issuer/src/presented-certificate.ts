/** The client certificate of a connection, whose key the client has proved to have. */
export type PresentedCertificate = {
  readonly der: Uint8Array;
  /** Its chain leads to a CA whose client certificates are trusted here. */
  readonly trusted: boolean;
};
