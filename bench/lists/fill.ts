import type { Stack } from '../stack/stack.ts';

const BULK = 50_000;

/**
 * Users, posts and models of a big site; one user in forty asks for two jobs in five, as somebody who imports products does. One model is rare:
 * that user never asks for it, and its drafts are hardly ever thrown away.
 */
const JOBS = ( rows: number, from: number, to: number ): string => `
	INSERT INTO wp_draftkeeper_jobs (uuid, user_id, post_id, task, model, status, version, offers, input_hash, request_json, result_json, error_code, review, reviewed_by,
		reviewed_at, queue_ms, provider_ms, request_id, expires_at, created_at, updated_at, finished_at)
	SELECT LOWER( CONCAT( LPAD( HEX( seq ), 8, '0' ), '-0000-4000-8000-', LPAD( HEX( CRC32( seq ) ), 12, '0' ) ) ),
		IF( seq % 10 < 4 AND CRC32( CONCAT( 'm', seq ) ) % 500 > 0, 3, 4 + CRC32( CONCAT( 'u', seq ) ) % 59 ), IF( CRC32( CONCAT( 'n', seq ) ) % 10 = 0, NULL, 100000 + CRC32( CONCAT( 'p', seq ) ) % 5000 ), 'product_description',
		@model := IF( CRC32( CONCAT( 'm', seq ) ) % 500 = 0, 'model-rare', ELT( 1 + CRC32( CONCAT( 'm', seq ) ) % 4, NULL, 'model-1', 'model-2', 'model-3' ) ),
		@status := ELT( 1 + CRC32( CONCAT( 's', seq ) ) % 6, 'succeeded', 'succeeded', 'succeeded', 'succeeded', 'failed', 'canceled' ),
		3, 1, SHA2( seq, 256 ), '{"input":{},"options":{},"messages":[]}', IF( @status = 'succeeded', '{"html":"<p>Text.</p>","marks":[],"sample":true}', NULL ),
		IF( @status = 'failed', 'provider_error', NULL ),
		@review := IF( @status = 'succeeded', ELT( 1 + IF( @model = 'model-rare' AND seq % 50 > 0, 1, CRC32( CONCAT( 'r', seq ) ) % 5 ), NULL, 'accepted', 'accepted', 'edited', 'discarded' ), NULL ),
		IF( @review IS NULL, NULL, 3 ), IF( @review IS NULL, NULL, '2026-01-01 00:00:00' ), 12, 3000,
		LOWER( CONCAT( LPAD( HEX( CRC32( CONCAT( 'q', seq ) ) ), 8, '0' ), '-0000-4000-8000-', LPAD( HEX( seq ), 12, '0' ) ) ),
		'2030-01-01 00:00:00', @time := FROM_UNIXTIME( UNIX_TIMESTAMP() - 15 * ${ rows } + seq * 15 - CRC32( CONCAT( 't', seq ) ) % 600 ), @time, @time
	FROM seq_${ from }_to_${ to }`;

const LOG = ( from: number, to: number ): string => `
	INSERT INTO wp_draftkeeper_usage_log (job_id, job_uuid, attempt, user_id, role, post_id, task, provider, model, tokens_in, tokens_out, cost_micros, cached, queue_ms,
		provider_ms, status, error_code, request_id, created_at, day)
	SELECT id, uuid, 1, user_id, 'editor', post_id, task, 'local', COALESCE( model, 'model-1' ), 100 + CRC32( id ) % 800, 50 + CRC32( uuid ) % 350, 10 + CRC32( request_id ) % 5000, 0, 12,
		3000, status, error_code, request_id, created_at, DATE( created_at )
	FROM wp_draftkeeper_jobs WHERE uuid BETWEEN LOWER( LPAD( HEX( ${ from } ), 8, '0' ) ) AND LOWER( CONCAT( LPAD( HEX( ${ to } ), 8, '0' ), '-z' ) ) AND uuid LIKE '%-0000-4000-8000-%'`;

export async function rowsIn( stack: Stack ): Promise< [ number, number ] > {
	const [ jobs, log ] = await Promise.all( [ 'jobs', 'usage_log' ].map( ( name ) => stack.sql( `SELECT COUNT(*) FROM wp_draftkeeper_${ name }` ) ) );
	return [ Number( jobs?.[ 0 ]?.[ 0 ] ), Number( log?.[ 0 ]?.[ 0 ] ) ];
}

/** As many rows of both tables, with different values in every column that is filtered by. */
export async function fill( stack: Stack, rows: number ): Promise< void > {
	for ( let from = 1; from <= rows; from += BULK ) {
		const to = Math.min( rows, from + BULK - 1 );
		await stack.sql( JOBS( rows, from, to ) );
		await stack.sql( LOG( from, to ) );
	}
	await stack.recomputeBooks();
	await stack.sql( 'ANALYZE TABLE wp_draftkeeper_jobs, wp_draftkeeper_usage_log, wp_draftkeeper_usage_daily' );
}

/** Everything goes, what other runs have left included. */
export async function empty( stack: Stack ): Promise< void > {
	for ( const name of [ 'jobs', 'usage_log', 'usage_daily', 'budget' ] ) {
		await stack.sql( `TRUNCATE TABLE wp_draftkeeper_${ name }` );
	}
}
