/** Counts of one operation, kept as plain numbers: nothing on the way of a request formats or looks up labels. */
export class OperationCounts {
  readonly dialect: string;
  readonly id: string;
  readonly byStatus = new Map<number, number>();
  seconds = 0;

  constructor(dialect: string, id: string) {
    this.dialect = dialect;
    this.id = id;
  }

  add(status: number, milliseconds: number): void {
    this.byStatus.set(status, (this.byStatus.get(status) ?? 0) + 1);
    this.seconds += milliseconds / 1000;
  }
}

/** What the program counts; rendered for Prometheus when asked. */
export class Metrics {
  readonly operations: OperationCounts[] = [];
  readonly refusals = new Map<string, number>();
  /** Lines of the audit log that were let go: there were too many, or it could not be written. */
  auditDropped = 0;
  /** How often the audit log could not be written. */
  auditFailures = 0;

  operation(dialect: string, id: string): OperationCounts {
    const counts = new OperationCounts(dialect, id);
    this.operations.push(counts);
    return counts;
  }

  refused(code: string): void {
    this.refusals.set(code, (this.refusals.get(code) ?? 0) + 1);
  }
}
