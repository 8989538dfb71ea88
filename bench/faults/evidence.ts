import Database from 'libsql';
import { gatewayDatabase } from '../stack/gateway.ts';
import type { Stack } from '../stack/stack.ts';

/** A job as WordPress has it, with what its books say. */
export type SiteJob = {
	uuid: string; name: string; status: string; wait_reason: string; result: string; billed_twice: number; attempts: number; succeeded_attempts: number;
};

export type GatewayJob = { uuid: string; state: string; attempts: number; maybe_billed_twice: number; deliveries: number; tries: number };

const FIELD = '[a-zA-Z0-9# -]+';

/** Reads a run's jobs with their usage from MariaDB. */
export async function siteJobs( stack: Stack, afterId: number ): Promise< SiteJob[] > {
	const rows = await stack.sql( `
		SELECT j.uuid, REGEXP_SUBSTR( j.request_json, 'Faulted ${ FIELD }' ), j.status, COALESCE( j.wait_reason, '' ),
			REGEXP_SUBSTR( COALESCE( j.result_json, '' ), 'Faulted [0-9a-f-]+ #[0-9]+' ), j.maybe_billed_twice, COUNT( u.id ), COALESCE( SUM( u.status = 'succeeded' ), 0 )
		FROM wp_draftkeeper_jobs j LEFT JOIN wp_draftkeeper_usage_log u ON u.job_id = j.id
		WHERE j.id > ${ afterId } GROUP BY j.id ORDER BY j.id` );
	return rows.map( ( [ uuid = '', name = '', status = '', wait_reason = '', result = '', billed = '0', attempts = '0', succeeded = '0' ] ) => ( {
		uuid, name, status, wait_reason, result, billed_twice: Number( billed ), attempts: Number( attempts ), succeeded_attempts: Number( succeeded ),
	} ) );
}

/** What budgets count as reserved, and what jobs that are under way hold: requests, tokens, micro-dollars. Counters are of days and months. */
export type Reservations = { counted: number[]; held: number[] };

export async function reservations( stack: Stack ): Promise< Reservations > {
	const sums = 'COALESCE( SUM( reserved_requests ), 0 ), COALESCE( SUM( reserved_tokens ), 0 ), COALESCE( SUM( reserved_micros ), 0 )';
	const [ counted = [], held = [] ] = await Promise.all( [
		stack.sql( `SELECT ${ sums } FROM wp_draftkeeper_budget WHERE scope = 'site' AND LENGTH( period ) = 10` ),
		stack.sql( `SELECT ${ sums } FROM wp_draftkeeper_jobs` ),
	] ).then( ( rows ) => rows.map( ( [ row = [] ] ) => row.map( Number ) ) );
	return { counted, held };
}

/** Reads all jobs of the gateway. It must be running: a file opened first by us would be ours. */
export function gatewayJobs( stack: Stack ): Map< string, GatewayJob > {
	if ( stack.services.gateway.pid === null ) {
		throw new Error( 'The gateway does not run.' );
	}
	const database = new Database( gatewayDatabase( stack.state ), { readonly: true } );
	try {
		const rows = database.prepare( `
			SELECT uuid, state, ( SELECT COUNT(*) FROM attempts a WHERE a.tenant = jobs.tenant AND a.uuid = jobs.uuid ) AS attempts, maybe_billed_twice,
				( SELECT COUNT(*) FROM deliveries d WHERE d.tenant = jobs.tenant AND d.uuid = jobs.uuid ) AS deliveries,
				( SELECT COALESCE( SUM( tries ), 0 ) FROM deliveries d WHERE d.tenant = jobs.tenant AND d.uuid = jobs.uuid ) AS tries
			FROM jobs` ).all() as GatewayJob[];
		return new Map( rows.map( ( row ) => [ row.uuid, row ] ) );
	} finally {
		database.close();
	}
}
