/**
 * Spreads waiting jobs over processes. A ticket is the right to claim one job, whichever is the fairest at that moment,
 * and it is held while that job is worked on. Tickets are hints: every worker also looks around by itself,
 * so that one that is lost costs a few seconds and never a job.
 */
export interface JobTickets {
	/** One more job can be claimed after the delay. Never throws: the job is stored already. */
	issue: ( delayMs: number ) => void;
	/** Calls `use` for tickets, for so many at a time; a ticket is used up when that resolves. */
	serve: ( use: () => Promise< void >, concurrency: number ) => void;
	/** Takes no further ticket. */
	pause: () => Promise< void >;
	close: () => Promise< void >;
}
