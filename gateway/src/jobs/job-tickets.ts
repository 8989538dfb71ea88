/**
 * Spreads waiting jobs over processes. A ticket is the right to one place at work: its holder claims job after job, whichever is the fairest at
 * that moment, until none is due. Tickets are hints: every worker also looks around by itself, so that one that is lost costs a few seconds and
 * never a job.
 */
export interface JobTickets {
	/** So many more jobs can be claimed after the delay. Never throws: they are stored already. */
	issue: ( count: number, delayMs: number ) => void;
	/** Calls `use` for tickets, for so many at a time; a ticket is used up when that resolves. */
	serve: ( use: () => Promise< void >, concurrency: number ) => void;
	/** Takes no further ticket. */
	pause: () => Promise< void >;
	close: () => Promise< void >;
}
