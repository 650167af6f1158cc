import type { Registry } from 'prom-client';
import type { Metrics } from '../metrics.ts';

const registries = new WeakMap<Metrics, Promise<Registry>>();

/** The Prometheus text. The library is loaded at the first question: a program that nobody scrapes does without. */
export async function renderMetrics(metrics: Metrics): Promise<{ type: string; body: string }> {
  const registry = await registryOf(metrics);
  return { type: registry.contentType, body: await registry.metrics() };
}

function registryOf(metrics: Metrics): Promise<Registry> {
  const known = registries.get(metrics);
  if (known) return known;
  const made = makeRegistry(metrics);
  registries.set(metrics, made);
  // Where the library could not be loaded, for want of a file descriptor, say, the next question tries again.
  made.catch(() => registries.delete(metrics));
  return made;
}

async function makeRegistry(metrics: Metrics): Promise<Registry> {
  const { collectDefaultMetrics, Counter, Registry } = await import('prom-client');
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  new Counter({
    name: 'http_server_requests_seconds_count',
    help: 'Requests answered, by dialect, operation and status.',
    labelNames: ['dialect', 'operation', 'status'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { dialect, id, byStatus } of metrics.operations) {
        for (const [status, count] of byStatus) this.inc({ dialect, operation: id, status }, count);
      }
    },
  });
  new Counter({
    name: 'http_server_requests_seconds_sum',
    help: 'Seconds spent on them.',
    labelNames: ['dialect', 'operation'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { dialect, id, seconds } of metrics.operations)
        if (seconds > 0) this.inc({ dialect, operation: id }, seconds);
    },
  });
  new Counter({
    name: 'stagedoor_refusals_total',
    help: 'Requests refused, by code.',
    labelNames: ['code'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [code, count] of metrics.refusals) this.inc({ code }, count);
    },
  });
  new Counter({
    name: 'stagedoor_audit_dropped_total',
    help: 'Lines of the audit log that were let go.',
    registers: [registry],
    collect() {
      this.reset();
      this.inc(metrics.auditDropped);
    },
  });
  new Counter({
    name: 'stagedoor_audit_failures_total',
    help: 'Times that the audit log could not be written.',
    registers: [registry],
    collect() {
      this.reset();
      this.inc(metrics.auditFailures);
    },
  });
  return registry;
}
