import { randomUUID } from 'node:crypto';
import type { FinishedJob } from '@draftkeeper/contract';
import type { DeliveryStore, DueDelivery } from '../src/deliveries/delivery-store.ts';
import type { AttemptEnd, ClaimedJob, JobStore, NewJob, NextStep, StoredJob } from '../src/jobs/job-store.ts';

export const NOW = Date.parse( '2026-03-01T09:30:00Z' );
export const LEASE_MS = 10_000;
export const DAY_MS = 86_400_000;

export const written: AttemptEnd = { status: 'succeeded', error_code: null, tokens_in: 100, tokens_out: 50, cost_micros: 7, provider_ms: 900 };
export const busy: AttemptEnd = { status: 'failed', error_code: 'provider_busy', tokens_in: null, tokens_out: null, cost_micros: null, provider_ms: 20 };
export const stopped: AttemptEnd = { ...busy, status: 'canceled', error_code: null };
export const finish = ( text: string ): NextStep => ( { then: 'finish', outcome: { status: 'succeeded', text, sample: false } } );

export type OpenStores = () => Promise< { jobs: JobStore; deliveries: DeliveryStore; close: () => Promise< void > } >;

/** The steps that the conformance suites are told in. */
export async function driveStores( open: OpenStores ) {
	const { jobs, deliveries, close } = await open();
	const newJob = ( overrides: Partial< NewJob > = {} ): NewJob => ( {
		tenant: 'shop:1', uuid: randomUUID(), request_id: randomUUID(), task: 'product_description', model: 'sample', body_hash: 'hash',
		request: { messages: [ { role: 'user', content: 'Größe 42 🪑' } ], temperature: 0.7, max_output_tokens: 100 },
		accepted_at: NOW, expires_at: NOW + 3 * DAY_MS, ...overrides,
	} );
	/** What a job is answered with that has been offered before. */
	const known = async ( job: NewJob ): Promise< StoredJob > => {
		const accepted = await jobs.accept( job );
		if ( accepted.kind !== 'known' ) {
			throw new Error( `The job is not known but ${ accepted.kind }.` );
		}
		return accepted.job;
	};
	const claimAt = async ( now: number ) => jobs.claim( { lease: randomUUID(), now, lease_until: now + LEASE_MS } );
	const claimed = async ( now = NOW ): Promise< ClaimedJob > => {
		const job = await claimAt( now );
		if ( job === null || job === 'ended' ) {
			throw new Error( 'nothing to claim' );
		}
		return job;
	};
	const begin = async ( job: ClaimedJob, now = NOW ): Promise< number > => {
		const attempt = await jobs.startAttempt( job, { provider: 'local', model: 'sample', queue_ms: 5, started_at: now } );
		if ( typeof attempt !== 'number' ) {
			throw new Error( 'no attempt' );
		}
		return attempt;
	};
	const finished = async ( { tenant, uuid }: { tenant: string; uuid: string } ): Promise< FinishedJob | null > =>
		( await jobs.find( tenant, [ uuid ] ) )[ 0 ]?.finished ?? null;
	const due = ( now = NOW, busy_tenants: string[] = [] ): Promise< DueDelivery | null > =>
		deliveries.claimDelivery( { now, lease_until: now + 30_000, busy_tenants } );
	const dueDelivery = async ( now = NOW ): Promise< DueDelivery > => {
		const delivery = await due( now );
		if ( delivery === null ) {
			throw new Error( 'nothing to deliver' );
		}
		return delivery;
	};
	return { jobs, deliveries, close, newJob, known, claimAt, claimed, begin, finished, due, dueDelivery };
}
