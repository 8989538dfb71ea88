import type { AttemptStatus, ErrorCode, FinishedJob, GatewayJob, Message, Outcome, Task } from '@draftkeeper/contract';

export type JobKey = { tenant: string; uuid: string };

/** What the provider is asked; dropped when the job ends. */
export type JobRequest = {
	messages: Message[];
	temperature: number;
	max_output_tokens: number;
	/** Whose earlier answers will do, and whether only a new one will. Absent: nothing is kept of this. */
	cache?: { scope: string; bypass: boolean };
};

export type NewJob = JobKey & {
	request_id: string;
	task: Task;
	/** The gateway's id of the model, never null here. */
	model: string;
	/** Fingerprint of what was asked; the same uuid with another one is another job. */
	body_hash: string;
	request: JobRequest;
	accepted_at: number;
	expires_at: number;
};

export type StoredJob = JobKey & {
	body_hash: string;
	state: GatewayJob[ 'state' ];
	/** When it may begin, or go on after a call that failed; says nothing once it runs. */
	next_run_at: number;
	/** Null until the job has ended, and again once its text was purged. */
	finished: FinishedJob | null;
};

/** Whether a job waits for more than its turn. */
export const isPutOff = ( { state, next_run_at }: StoredJob, now: number ): boolean => state === 'queued' && next_run_at > now;

/** The right to work on a job until the lease lapses. */
export type Lease = JobKey & { lease: string };

/**
 * `full_models`: those that can take no job now, so that theirs need not be looked at. `lapsed_by`: leases that end later are still kept, where
 * that is not `now`.
 */
export type Claim = { lease: string; now: number; lease_until: number; full_models?: readonly string[]; lapsed_by?: number };

/** No retry is put off for longer. */
export const LONGEST_PAUSE_MS = 3_600_000;

/** The time, and when a lease would end that began now: none can end later. */
export type SetBack = { now: number; lease_until: number };

export type ClaimedJob = Lease & {
	request_id: string;
	model: string;
	request: JobRequest;
	/** Provider calls so far. */
	attempts: number;
	/** The place on the model's route where the next call goes. */
	route_index: number;
	runnable_since: number;
	expires_at: number;
};

/** What is known before a provider is called. */
export type AttemptStart = { provider: string; model: string; queue_ms: number; started_at: number };

/** What is known after it. Null is "unknown", never zero. */
export type AttemptEnd = {
	status: AttemptStatus;
	error_code: ErrorCode | null;
	tokens_in: number | null;
	tokens_out: number | null;
	cost_micros: number | null;
	provider_ms: number | null;
	/** Answered without a call, and for nothing. */
	cached?: boolean;
};

export type NextStep =
	| { then: 'finish'; outcome: Outcome }
	/**
	 * `maybe_billed`: the failed call may have cost money, so the next one may be a second charge.
	 * `route_index`: where on the model's route the next call goes; left out, where this one went.
	 */
	| { then: 'retry'; at: number; maybe_billed: boolean; route_index?: number };

export type Accepted =
	| { kind: 'accepted'; job: StoredJob }
	/** The tenant has offered this uuid before; nothing was started. */
	| { kind: 'known'; job: StoredJob }
	/** Too many jobs wait already; nothing was stored. */
	| { kind: 'full' };

/** How many jobs may wait; running ones do not count. */
export type WaitingBounds = { total: number; per_tenant: number };

export const UNBOUNDED: WaitingBounds = { total: Number.MAX_SAFE_INTEGER, per_tenant: Number.MAX_SAFE_INTEGER };

/** What a tenant has in the queue; tenants without any are left out. */
export type TenantJobs = {
	tenant: string;
	waiting: number;
	running: number;
	/** When the first waiting job could have run, or will; null where none waits. */
	waiting_since: number | null;
};

export type RenewedLease =
	| 'held'
	/** Another worker has taken the job over; a text that comes now is still worth having. */
	| 'lost'
	/** The job has ended; nobody wants this call any more. */
	| 'ended'
	| 'canceled';

/**
 * Keeps jobs and attempts. Whatever a method has resolved is on disk.
 * `job-store.conformance.ts` defines what each method must do; every engine passes it.
 */
export interface JobStore {
	/** Stores the job unless the tenant has one with this uuid, or too many wait. A known job is known however many wait. */
	accept: ( job: NewJob, bounds?: WaitingBounds ) => Promise< Accepted >;

	/** The same for several in this order, all of them on disk together or none; each has an outcome of its own. */
	acceptAll: ( jobs: readonly NewJob[], bounds?: WaitingBounds ) => Promise< Accepted[] >;

	/** The tenant's jobs among `uuids`, in no order; unknown ones are left out. */
	find: ( tenant: string, uuids: readonly string[] ) => Promise< StoredJob[] >;

	/** Ends a queued job as canceled; marks a running one so that its worker ends it. Null where there is no such job. */
	cancel: ( key: JobKey, now: number ) => Promise< StoredJob | null >;

	/**
	 * Leases the next runnable job: due and queued, or running under a lapsed lease. The call that a lapsed lease
	 * leaves open is filed as failed with `worker_lost`. A job that may not run again (canceled, expired, too many attempts)
	 * is ended instead, and 'ended' is returned. Tenants with fewer running jobs come first. Queued jobs of `full_models` stay where they are.
	 */
	claim: ( claim: Claim ) => Promise< ClaimedJob | 'ended' | null >;

	/** Keeps the lease, or says what became of the job. One that the store does not have (it was emptied) has ended. */
	renew: ( lease: Lease, lease_until: number ) => Promise< RenewedLease >;

	/**
	 * Files a provider call before it is made and returns its number.
	 * 'ended' where the job was canceled meanwhile and has been ended, null where the lease is gone.
	 */
	startAttempt: ( lease: Lease, start: AttemptStart ) => Promise< number | 'ended' | null >;

	/**
	 * Files how a call ended (`attempt` null: there was none) and takes the job on, together or not at all.
	 * The first text wins: one that comes from a worker that has lost its lease is taken while no other is stored.
	 * 'ended' means that there is a result to deliver.
	 */
	settle: ( lease: Lease, attempt: { number: number; end: AttemptEnd } | null, next: NextStep, now: number ) => Promise< 'ended' | 'queued' | 'ignored' >;

	/** When `claim` may next have something to do, with the same `full_models`; null where nothing waits. */
	nextDueAt: ( full_models?: readonly string[] ) => Promise< number | null >;

	/**
	 * The clock was set back. Jobs that were accepted at a time that is still to come may run at once, no other waits for longer than the longest
	 * pause from now, and leases end no later than one that begins now: else nobody would look at them until that time has come again.
	 */
	clockSetBack: ( time: SetBack ) => Promise< void >;

	/** Drops texts that were delivered long enough ago, and everything about jobs that ended before the retention. */
	purge: ( now: number ) => Promise< void >;

	stats: () => Promise< TenantJobs[] >;

	/** Throws where the store cannot be read. */
	ping: () => Promise< void >;
}

/** Provider calls that no job may exceed, repeats after a crash included; `retry-policy.ts` allows fewer where the route is short. */
export const MAX_ATTEMPTS = 8;

const HOUR_MS = 3_600_000;

/** How long a result stays readable after the site has acknowledged it. */
export const RESULT_RETENTION_MS = 24 * HOUR_MS;

/** How long anything is known about a job that has ended; undelivered results included. */
export const JOB_RETENTION_MS = 30 * 24 * HOUR_MS;
