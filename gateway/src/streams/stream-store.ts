import type { JobKey } from '../jobs/job-store.ts';

/** A place in what is written: piece `seq` of call `attempt`. Piece 0 is empty and begins the call. */
export type Position = { attempt: number; seq: number };

export type Piece = Position & { text: string };

/** What comes after a position, joined to one piece. `isReset`: what was shown before it is void. */
export type NextPiece = Piece & { isReset: boolean };

export type Followed = {
	/** At most about `maxLength` characters after the position (null: from the start); null where nothing is new. */
	since: ( position: Position | null, maxLength: number ) => NextPiece | null;
	isEnded: () => boolean;
	close: () => void;
};

/**
 * Hands what a provider writes to whoever watches, and keeps it for as long as a watcher may come back for it.
 * It is a preview: `publish` and `end` never wait and never throw, and what is lost here comes with the result.
 * `stream-store.conformance.ts` defines what each engine must do.
 */
export interface StreamStore {
	/** Adds the next piece of a call. Pieces of an earlier call than the present one are dropped. */
	publish: ( job: JobKey, piece: Piece ) => void;

	/** The job has ended, with whatever result. */
	end: ( job: JobKey ) => void;

	/** Calls `onChange` whenever `since` or `isEnded` may answer something new. */
	follow: ( job: JobKey, onChange: () => void ) => Promise< Followed >;

	close: () => Promise< void >;
}

/** How long the pieces of a job can be asked for again after the last of them. */
export const STREAM_RETENTION_MS = 600_000;

/** Longest preview of one call, in UTF-16 units; four times the longest result. */
export const MAX_STREAM_LENGTH = 240_000;

export const streamName = ( { tenant, uuid }: JobKey ): string => `${ tenant }:${ uuid }`;
