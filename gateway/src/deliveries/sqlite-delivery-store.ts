import type { SqliteDatabase } from '../database.ts';
import { unreachable } from '../errors.ts';
import { GroupCommit } from '../group-commit.ts';
import type { SetBack } from '../jobs/job-store.ts';
import { JobReader } from '../jobs/sqlite-rows.ts';
import type { DeadLetter, DeadLettersQuery, DeliveryStore, DeliveryVerdict, DueDelivery, TenantDeliveries } from './delivery-store.ts';

type DeliveryRow = { id: string; tenant: string; uuid: string; tries: number };

export class SqliteDeliveryStore implements DeliveryStore {
	readonly #group: GroupCommit;
	readonly #jobs: JobReader;
	readonly #due;
	readonly #lease;
	readonly #renew;
	readonly #retry;
	readonly #end;
	readonly #shortenWaits;
	readonly #nextDue;
	readonly #dead;
	readonly #replay;
	readonly #stats;

	constructor( database: SqliteDatabase, group = new GroupCommit( database ) ) {
		this.#group = group;
		this.#jobs = new JobReader( database );
		this.#due = database.prepare( `
			SELECT id, tenant, uuid, tries FROM deliveries INDEXED BY deliveries_due
			WHERE state = 'due' AND next_try_at <= :now AND COALESCE( lease_until, 0 ) <= :now
			AND tenant NOT IN ( SELECT value FROM json_each( :busy_tenants ) )
			ORDER BY next_try_at LIMIT 1` );
		this.#lease = database.prepare( 'UPDATE deliveries SET tries = tries + 1, lease_until = :lease_until WHERE id = :id' );
		this.#renew = database.prepare( `UPDATE deliveries SET lease_until = :lease_until WHERE id = :id AND state = 'due'` );
		this.#retry = database.prepare( `
			UPDATE deliveries SET tries = tries - :uncounted, next_try_at = :at, last_failure = :failure, lease_until = NULL WHERE id = :id AND state = 'due'` );
		this.#end = database.prepare( `
			UPDATE deliveries SET state = :state, last_failure = :failure, lease_until = NULL, ended_at = :now WHERE id = :id AND state = 'due'` );
		this.#shortenWaits = database.prepare( `
			UPDATE deliveries SET lease_until = MIN( lease_until, :lease_until ),
				next_try_at = CASE WHEN created_at > :now THEN MIN( next_try_at, :lease_until ) ELSE next_try_at END
			WHERE state = 'due' AND ( created_at > :now OR lease_until > :lease_until )` );
		this.#nextDue = database.prepare( `SELECT MIN( MAX( next_try_at, COALESCE( lease_until, 0 ) ) ) AS at FROM deliveries WHERE state = 'due'` );
		this.#dead = database.prepare( `
			SELECT id, tenant, uuid, tries, last_failure, created_at, ended_at FROM deliveries INDEXED BY deliveries_dead
			WHERE state = 'dead' AND ( :tenant IS NULL OR tenant = :tenant ) ORDER BY ended_at DESC LIMIT :limit` );
		this.#replay = database.prepare( `
			UPDATE deliveries SET state = 'due', tries = 0, next_try_at = :now, lease_until = NULL, ended_at = NULL WHERE id = :id AND state = 'dead'` );
		this.#stats = database.prepare( `
			SELECT tenant, SUM( undelivered ) AS undelivered, SUM( dead ) AS dead, MIN( made_at ) AS undelivered_since FROM (
				SELECT tenant, 1 AS undelivered, 0 AS dead, created_at AS made_at FROM deliveries INDEXED BY deliveries_due WHERE state = 'due'
				UNION ALL SELECT tenant, 0, 1, NULL FROM deliveries INDEXED BY deliveries_dead WHERE state = 'dead'
			) GROUP BY tenant` );
	}

	async claimDelivery( claim: { now: number; lease_until: number; busy_tenants: readonly string[] } ): Promise< DueDelivery | null > {
		return this.#group.write( (): DueDelivery | null => {
			const row = this.#due.get( { now: claim.now, busy_tenants: JSON.stringify( claim.busy_tenants ) } ) as DeliveryRow | undefined;
			if ( row === undefined ) {
				return null;
			}
			const job = this.#jobs.row( row.tenant, row.uuid );
			const finished = job === null ? null : this.#jobs.finished( job );
			if ( finished === null ) {
				throw new Error( `Delivery ${ row.id } has nothing to deliver.` );
			}
			this.#lease.run( { id: row.id, lease_until: claim.lease_until } );
			return { id: row.id, tenant: row.tenant, tries: row.tries, finished };
		} );
	}

	async renewDelivery( id: string, lease_until: number ): Promise< void > {
		await this.#group.write( () => this.#renew.run( { id, lease_until } ) );
	}

	async clockSetBack( time: SetBack ): Promise< void > {
		await this.#group.write( () => this.#shortenWaits.run( time ) );
	}

	settleDelivery( id: string, verdict: DeliveryVerdict, now: number ): Promise< void > {
		return this.#group.write( () => this.#settle( id, verdict, now ) );
	}

	#settle( id: string, verdict: DeliveryVerdict, now: number ): void {
		switch ( verdict.then ) {
			case 'acknowledged':
				this.#end.run( { id, state: 'acknowledged', failure: null, now } );
				return;
			case 'dead':
				this.#end.run( { id, state: 'dead', failure: verdict.failure, now } );
				return;
			case 'retry':
			case 'postpone':
				this.#retry.run( { id, at: verdict.at, failure: verdict.failure, uncounted: verdict.then === 'postpone' ? 1 : 0 } );
				return;
			default:
				throw unreachable( verdict );
		}
	}

	async nextDeliveryDueAt(): Promise< number | null > {
		return ( this.#nextDue.get( {} ) as { at: number | null } ).at;
	}

	async deadLetters( { tenant, limit }: DeadLettersQuery ): Promise< DeadLetter[] > {
		return this.#dead.all( { tenant, limit } ) as DeadLetter[];
	}

	async replay( id: string, now: number ): Promise< boolean > {
		return ( await this.#group.write( () => this.#replay.run( { id, now } ) ) ).changes === 1;
	}

	async stats(): Promise< TenantDeliveries[] > {
		return this.#stats.all( {} ) as TenantDeliveries[];
	}
}
