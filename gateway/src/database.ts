import { chownSync, closeSync, existsSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import Database from 'libsql';

export type SqliteDatabase = InstanceType< typeof Database >;

const BUSY_TIMEOUT_MS = 5_000;

/** Each entry takes the database from version n to n + 1; entries are never changed, only added. */
const migrations = [
	`
	CREATE TABLE jobs (
		tenant TEXT NOT NULL,
		uuid TEXT NOT NULL,
		request_id TEXT NOT NULL,
		task TEXT NOT NULL,
		model TEXT NOT NULL,
		body_hash TEXT NOT NULL,
		request_json TEXT,
		state TEXT NOT NULL,
		outcome_json TEXT,
		attempts INTEGER NOT NULL DEFAULT 0,
		maybe_billed_twice INTEGER NOT NULL DEFAULT 0,
		cancel_requested INTEGER NOT NULL DEFAULT 0,
		next_run_at INTEGER NOT NULL,
		lease TEXT,
		lease_until INTEGER,
		accepted_at INTEGER NOT NULL,
		expires_at INTEGER NOT NULL,
		finished_at INTEGER,
		PRIMARY KEY ( tenant, uuid )
	);
	CREATE INDEX jobs_queued ON jobs ( next_run_at, tenant ) WHERE state = 'queued';
	CREATE INDEX jobs_running ON jobs ( lease_until, tenant ) WHERE state = 'running';
	CREATE INDEX jobs_finished ON jobs ( finished_at ) WHERE finished_at IS NOT NULL;

	CREATE TABLE attempts (
		tenant TEXT NOT NULL,
		uuid TEXT NOT NULL,
		attempt INTEGER NOT NULL,
		provider TEXT NOT NULL,
		model TEXT NOT NULL,
		status TEXT NOT NULL,
		error_code TEXT,
		tokens_in INTEGER,
		tokens_out INTEGER,
		cost_micros INTEGER,
		queue_ms INTEGER NOT NULL,
		provider_ms INTEGER,
		started_at INTEGER NOT NULL,
		PRIMARY KEY ( tenant, uuid, attempt ),
		FOREIGN KEY ( tenant, uuid ) REFERENCES jobs ( tenant, uuid ) ON DELETE CASCADE
	);

	CREATE TABLE deliveries (
		id TEXT NOT NULL PRIMARY KEY,
		tenant TEXT NOT NULL,
		uuid TEXT NOT NULL,
		state TEXT NOT NULL,
		tries INTEGER NOT NULL DEFAULT 0,
		next_try_at INTEGER NOT NULL,
		lease_until INTEGER,
		last_failure TEXT,
		created_at INTEGER NOT NULL,
		ended_at INTEGER,
		FOREIGN KEY ( tenant, uuid ) REFERENCES jobs ( tenant, uuid ) ON DELETE CASCADE
	);
	CREATE INDEX deliveries_due ON deliveries ( next_try_at, tenant ) WHERE state = 'due';
	CREATE INDEX deliveries_job ON deliveries ( tenant, uuid );
	`,
	'ALTER TABLE jobs ADD COLUMN route_index INTEGER NOT NULL DEFAULT 0',
	`
	CREATE TABLE api_keys (
		id TEXT NOT NULL PRIMARY KEY,
		tenant TEXT NOT NULL,
		key_json TEXT NOT NULL,
		created_at INTEGER NOT NULL,
		revoked_at INTEGER,
		last_used_at INTEGER
	);
	`,
	`
	-- How many jobs each tenant has waiting and running: counted when they move, so that nobody has to count them.
	CREATE TABLE tenant_jobs ( tenant TEXT NOT NULL PRIMARY KEY, waiting INTEGER NOT NULL, running INTEGER NOT NULL );
	INSERT INTO tenant_jobs ( tenant, waiting, running )
		SELECT tenant, SUM( state = 'queued' ), SUM( state = 'running' ) FROM jobs WHERE state IN ( 'queued', 'running' ) GROUP BY tenant;
	CREATE TRIGGER jobs_accepted AFTER INSERT ON jobs WHEN NEW.state = 'queued' BEGIN
		INSERT INTO tenant_jobs ( tenant, waiting, running ) VALUES ( NEW.tenant, 1, 0 ) ON CONFLICT ( tenant ) DO UPDATE SET waiting = waiting + 1;
	END;
	CREATE TRIGGER jobs_moved AFTER UPDATE OF state ON jobs WHEN OLD.state <> NEW.state BEGIN
		UPDATE tenant_jobs SET
			waiting = waiting + ( NEW.state = 'queued' ) - ( OLD.state = 'queued' ),
			running = running + ( NEW.state = 'running' ) - ( OLD.state = 'running' )
			WHERE tenant = NEW.tenant;
		DELETE FROM tenant_jobs WHERE tenant = NEW.tenant AND waiting = 0 AND running = 0;
	END;
	CREATE INDEX jobs_waiting ON jobs ( tenant, next_run_at, accepted_at ) WHERE state = 'queued';
	CREATE INDEX deliveries_dead ON deliveries ( ended_at ) WHERE state = 'dead';
	`,
	`
	CREATE TABLE used_tokens ( id TEXT NOT NULL PRIMARY KEY, forget_at INTEGER NOT NULL ) WITHOUT ROWID;
	CREATE INDEX used_tokens_past ON used_tokens ( forget_at );
	`,
	`
	CREATE TABLE api_calls (
		tenant TEXT NOT NULL,
		key_id TEXT,
		request_id TEXT NOT NULL,
		route TEXT NOT NULL,
		provider TEXT NOT NULL,
		model TEXT NOT NULL,
		status TEXT NOT NULL,
		error_code TEXT,
		tokens_in INTEGER,
		tokens_out INTEGER,
		cost_micros INTEGER,
		provider_ms INTEGER NOT NULL,
		at INTEGER NOT NULL
	);
	CREATE INDEX api_calls_at ON api_calls ( at, tenant );

	CREATE TABLE api_answers (
		tenant TEXT NOT NULL,
		owner TEXT NOT NULL,
		name TEXT NOT NULL,
		body_hash TEXT NOT NULL,
		answer_json TEXT,
		expires_at INTEGER NOT NULL,
		PRIMARY KEY ( tenant, owner, name )
	) WITHOUT ROWID;
	CREATE INDEX api_answers_past ON api_answers ( expires_at );
	`,
	`
	CREATE TABLE budget_counters (
		scope TEXT NOT NULL,
		period TEXT NOT NULL,
		used_requests INTEGER NOT NULL,
		used_tokens INTEGER NOT NULL,
		used_micros INTEGER NOT NULL,
		reserved_requests INTEGER NOT NULL,
		reserved_tokens INTEGER NOT NULL,
		reserved_micros INTEGER NOT NULL,
		changed_at INTEGER NOT NULL,
		PRIMARY KEY ( scope, period )
	);
	CREATE TABLE budget_holds (
		tenant TEXT NOT NULL,
		id TEXT NOT NULL,
		kind TEXT NOT NULL,
		tokens INTEGER NOT NULL,
		micros INTEGER NOT NULL,
		counters_json TEXT NOT NULL,
		settled_json TEXT NOT NULL DEFAULT '[]',
		is_open INTEGER NOT NULL DEFAULT 1,
		created_at INTEGER NOT NULL,
		released_at INTEGER,
		PRIMARY KEY ( tenant, id )
	);
	CREATE INDEX budget_holds_open ON budget_holds ( created_at ) WHERE is_open = 1;
	CREATE INDEX budget_holds_released ON budget_holds ( released_at ) WHERE is_open = 0;
	`,
	`
	CREATE TABLE audit (
		number INTEGER NOT NULL PRIMARY KEY,
		event_json TEXT NOT NULL,
		hash TEXT NOT NULL
	);
	CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit BEGIN SELECT RAISE( ABORT, 'The audit log only grows.' ); END;
	CREATE TRIGGER audit_is_not_removed BEFORE DELETE ON audit BEGIN SELECT RAISE( ABORT, 'The audit log only grows.' ); END;
	`,
	'ALTER TABLE attempts ADD COLUMN cached INTEGER NOT NULL DEFAULT 0',
	'ALTER TABLE api_calls ADD COLUMN is_estimated INTEGER NOT NULL DEFAULT 0',
	'ALTER TABLE budget_holds ADD COLUMN requests INTEGER NOT NULL DEFAULT 1',
	`
	-- The same by model, so that nobody has to look at the jobs of one that has enough to do.
	DROP TRIGGER jobs_accepted;
	DROP TRIGGER jobs_moved;
	DROP TABLE tenant_jobs;
	DROP INDEX jobs_waiting;
	CREATE TABLE tenant_jobs (
		tenant TEXT NOT NULL, model TEXT NOT NULL, waiting INTEGER NOT NULL, running INTEGER NOT NULL, PRIMARY KEY ( tenant, model )
	) WITHOUT ROWID;
	INSERT INTO tenant_jobs ( tenant, model, waiting, running )
		SELECT tenant, model, SUM( state = 'queued' ), SUM( state = 'running' ) FROM jobs WHERE state IN ( 'queued', 'running' ) GROUP BY tenant, model;
	CREATE TRIGGER jobs_accepted AFTER INSERT ON jobs WHEN NEW.state = 'queued' BEGIN
		INSERT INTO tenant_jobs ( tenant, model, waiting, running ) VALUES ( NEW.tenant, NEW.model, 1, 0 )
			ON CONFLICT ( tenant, model ) DO UPDATE SET waiting = waiting + 1;
	END;
	CREATE TRIGGER jobs_moved AFTER UPDATE OF state ON jobs WHEN OLD.state <> NEW.state BEGIN
		UPDATE tenant_jobs SET
			waiting = waiting + ( NEW.state = 'queued' ) - ( OLD.state = 'queued' ),
			running = running + ( NEW.state = 'running' ) - ( OLD.state = 'running' )
			WHERE tenant = NEW.tenant AND model = NEW.model;
		DELETE FROM tenant_jobs WHERE tenant = NEW.tenant AND model = NEW.model AND waiting = 0 AND running = 0;
	END;
	CREATE INDEX jobs_waiting ON jobs ( tenant, model, next_run_at, accepted_at ) WHERE state = 'queued';
	`,
	// Texts are gone a day after they were taken, jobs after thirty: whoever looks for texts must not read all the jobs.
	'CREATE INDEX jobs_texts ON jobs ( finished_at ) WHERE outcome_json IS NOT NULL',
];

/**
 * Opens the file, makes it durable (a commit is on disk before it is answered) and brings it to the present schema.
 * Throws where the file was written by a newer gateway.
 */
export function openDatabase( file: string ): SqliteDatabase {
	const path = file === ':memory:' ? file : resolve( file );
	if ( path !== ':memory:' ) {
		mkdirSync( dirname( path ), { recursive: true } );
		// Prompts and results are nobody else's business; the WAL file takes over the mode.
		if ( ! existsSync( path ) ) {
			// Only then: to close a file makes the process lose all its locks on it, those of a database that it has open there too.
			closeSync( openSync( path, 'a', 0o600 ) );
			giveToOwnerOf( path );
		}
	}
	const database = new Database( path, { timeout: BUSY_TIMEOUT_MS } );
	database.pragma( 'journal_mode = WAL' );
	database.pragma( 'synchronous = FULL' );
	database.pragma( 'foreign_keys = ON' );
	// What is purged is overwritten, not only unlinked.
	database.pragma( 'secure_delete = ON' );
	migrate( database );
	return database;
}

/** A command that root runs before the gateway's first start must not keep the file from the user that the gateway runs as. */
function giveToOwnerOf( path: string ): void {
	if ( process.getuid?.() === 0 ) {
		const { uid, gid } = statSync( dirname( path ) );
		chownSync( path, uid, gid );
	}
}

/** Runs all of it or nothing. The driver's own `transaction` hides why a commit failed (a full disk) behind a second error, of its rollback. */
export function inTransaction< T >( database: SqliteDatabase, run: () => T ): T {
	database.exec( 'BEGIN IMMEDIATE' );
	try {
		const result = run();
		database.exec( 'COMMIT' );
		return result;
	} catch ( error ) {
		// After some errors SQLite has rolled back by itself.
		if ( database.inTransaction ) {
			database.exec( 'ROLLBACK' );
		}
		throw error;
	}
}

/**
 * The same without waiting for the disk: it outlives the process, and a power cut may cost the last moment. Whatever is committed durably
 * after it, an accepted job for example, takes it along to the disk.
 */
export function inQuickTransaction< T >( database: SqliteDatabase, run: () => T ): T {
	database.exec( 'PRAGMA synchronous = NORMAL' );
	try {
		return inTransaction( database, run );
	} finally {
		database.exec( 'PRAGMA synchronous = FULL' );
	}
}

function migrate( database: SqliteDatabase ): void {
	inTransaction( database, () => {
		const version = readVersion( database );
		if ( version > migrations.length ) {
			throw new Error( `The database has schema version ${ version }; this gateway knows up to ${ migrations.length }. Use the newer gateway.` );
		}
		for ( const migration of migrations.slice( version ) ) {
			database.exec( migration );
		}
		database.exec( `PRAGMA user_version = ${ migrations.length }` );
	} );
}

function readVersion( database: SqliteDatabase ): number {
	const row = database.prepare( 'SELECT user_version FROM pragma_user_version' ).get() as { user_version: number };
	return row.user_version;
}
