import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { SqliteAdapter, type SqliteDatabase, SqliteDialect, type SqliteStatement } from 'kysely';

/** SQLite changes its schema in transactions like anything else; a migration that breaks off leaves nothing behind. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

class NodeSqliteDialect extends SqliteDialect {
  override createAdapter(): SqliteAdapter {
    return new TransactionalAdapter();
  }
}

function isInput(value: unknown): value is SQLInputValue {
  return value === null || ['string', 'number', 'bigint'].includes(typeof value) || ArrayBuffer.isView(value);
}

/** What SQLite can store. Anything else is a mistake of ours, told by its type and never by its value. */
function inputs(parameters: readonly unknown[]): SQLInputValue[] {
  return parameters.map((value) => {
    if (isInput(value)) return value;
    throw new TypeError(`SQLite stores no ${typeof value}`);
  });
}

function asKyselyStatement(statement: StatementSync): SqliteStatement {
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...inputs(parameters)),
    run: (parameters) => statement.run(...inputs(parameters)),
    iterate: (parameters) => statement.iterate(...inputs(parameters)),
  };
}

/** Kysely's dialect over a `node:sqlite` connection, which Kysely closes when it is destroyed. */
export function sqliteDialect(connection: DatabaseSync): SqliteDialect {
  const database: SqliteDatabase = {
    prepare: (sql) => asKyselyStatement(connection.prepare(sql)),
    close: () => connection.close(),
  };
  return new NodeSqliteDialect({ database });
}
