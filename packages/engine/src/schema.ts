import type { DatabaseSync } from 'node:sqlite';
import { EngineFileError } from './engine-file-error.ts';

/** `application_id` of an engine's database ("SDen"), so that no other program's file is taken for one. */
const APPLICATION_ID = 0x5344656e;

/**
 * The schema, step by step; `user_version` counts the steps that a file has had. A step that was released never changes.
 * The rows are the truth: what an instance waits for is in them, so that a restart needs nothing else.
 * Dates are milliseconds since the epoch.
 */
const STEPS: readonly string[] = [
  `
  CREATE TABLE key_counter (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    last INTEGER NOT NULL
  ) STRICT;
  INSERT INTO key_counter (only_row, last) VALUES (1, 0);

  CREATE TABLE resource (
    id INTEGER PRIMARY KEY,
    deployment_key INTEGER NOT NULL,
    checksum TEXT NOT NULL,
    xml TEXT NOT NULL
  ) STRICT;

  CREATE TABLE process_definition (
    key INTEGER PRIMARY KEY,
    resource_id INTEGER NOT NULL REFERENCES resource (id),
    bpmn_process_id TEXT NOT NULL,
    name TEXT,
    version INTEGER NOT NULL,
    version_tag TEXT,
    resource_name TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    model TEXT NOT NULL,
    UNIQUE (tenant_id, bpmn_process_id, version)
  ) STRICT;

  CREATE TABLE process_instance (
    key INTEGER PRIMARY KEY,
    process_definition_key INTEGER NOT NULL REFERENCES process_definition (key),
    bpmn_process_id TEXT NOT NULL,
    process_version INTEGER NOT NULL,
    process_version_tag TEXT,
    parent_key INTEGER,
    parent_flow_node_instance_key INTEGER,
    start_date INTEGER NOT NULL,
    end_date INTEGER,
    state TEXT NOT NULL CHECK (state IN ('ACTIVE', 'COMPLETED', 'CANCELED')),
    incident INTEGER NOT NULL CHECK (incident IN (0, 1)),
    tenant_id TEXT NOT NULL
  ) STRICT;
  CREATE INDEX process_instance_of_definition ON process_instance (process_definition_key);
  CREATE INDEX process_instance_of_process ON process_instance (bpmn_process_id);
  CREATE INDEX process_instance_by_start ON process_instance (start_date);

  CREATE TABLE element_instance (
    key INTEGER PRIMARY KEY,
    process_instance_key INTEGER NOT NULL REFERENCES process_instance (key),
    element_id TEXT NOT NULL,
    element_type TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('ACTIVE', 'COMPLETED', 'CANCELED')),
    start_date INTEGER NOT NULL,
    end_date INTEGER,
    job_key INTEGER
  ) STRICT;
  CREATE INDEX element_instance_of_process_instance ON element_instance (process_instance_key);

  CREATE TABLE waiting_token (
    key INTEGER PRIMARY KEY,
    process_instance_key INTEGER NOT NULL REFERENCES process_instance (key),
    element_id TEXT NOT NULL,
    sequence_flow_id TEXT NOT NULL
  ) STRICT;
  CREATE INDEX waiting_token_of_process_instance ON waiting_token (process_instance_key);

  CREATE TABLE variable (
    key INTEGER PRIMARY KEY,
    process_instance_key INTEGER NOT NULL REFERENCES process_instance (key),
    scope_key INTEGER NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    UNIQUE (scope_key, name)
  ) STRICT;
  CREATE INDEX variable_of_process_instance ON variable (process_instance_key);
  `,
  // Instances are found by the name of their process, by the top of their hierarchy, and by tenant. None had called another yet.
  `
  ALTER TABLE process_instance ADD COLUMN process_name TEXT;
  ALTER TABLE process_instance ADD COLUMN root_key INTEGER NOT NULL DEFAULT 0;
  UPDATE process_instance SET
    process_name = (SELECT name FROM process_definition d WHERE d.key = process_definition_key),
    root_key = key;
  CREATE INDEX process_instance_of_tenant ON process_instance (tenant_id, bpmn_process_id);
  `,
];

/** Refuses a file that is another program's or a newer version's, before anything in it is touched. */
export function assertOurs(db: DatabaseSync, file: string): void {
  const version = pragma(db, 'user_version');
  const applicationId = pragma(db, 'application_id');
  const empty = version === 0 && applicationId === 0 && pragma(db, 'schema_version') === 0;
  if (!empty && applicationId !== APPLICATION_ID) {
    throw new EngineFileError('ENGINE_FILE_FOREIGN', file, 'is a database of another program: choose another file');
  }
  if (version > STEPS.length) {
    const problem = `has schema ${version}, and this version knows ${STEPS.length}: start the newer version that wrote it`;
    throw new EngineFileError('ENGINE_FILE_NEWER', file, problem);
  }
}

/** Takes a file to the newest schema, in one transaction. */
export function migrate(db: DatabaseSync): void {
  if (pragma(db, 'user_version') === STEPS.length) return;
  db.exec('BEGIN IMMEDIATE');
  try {
    for (const step of STEPS.slice(pragma(db, 'user_version'))) db.exec(step);
    db.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
    db.exec(`PRAGMA user_version = ${STEPS.length}`);
    db.exec('COMMIT');
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

function pragma(db: DatabaseSync, name: 'user_version' | 'application_id' | 'schema_version'): number {
  const value = db.prepare(`PRAGMA ${name}`).get()?.[name];
  if (typeof value !== 'number') throw new TypeError(`PRAGMA ${name} is not a number`);
  return value;
}
