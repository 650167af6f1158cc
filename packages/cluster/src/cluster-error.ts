/** Why a cluster did not do what it was asked, in gRPC's words, as Camunda's own errors are classed. */
export type ClusterErrorCode =
  | 'INVALID_ARGUMENT'
  | 'NOT_FOUND'
  | 'ALREADY_EXISTS'
  | 'INVALID_STATE'
  | 'RESOURCE_EXHAUSTED'
  | 'UNAVAILABLE';

/** A refusal of the cluster that its caller may read word for word. */
export class ClusterError extends Error {
  override readonly name = 'ClusterError';
  readonly code: ClusterErrorCode;

  constructor(code: ClusterErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
