export type Counts = { passed: number; failed: number; skipped: number };

/** One suite of `npm test`, run on its own by its name. */
export type Leg = {
	name: string;
	/** Names that select a group of legs. */
	groups: readonly string[];
	title: string;
	run: ( work: LegWork ) => Promise< LegResult >;
};

export type LegWork = {
	/** Where the leg keeps what it writes: reports, logs. */
	folder: string;
	/** Says what is being done now. */
	note: ( detail: string ) => void;
};

export type LegResult = Counts & {
	/** All that was said; kept in a file, its end shown when something failed. */
	output: string;
};

/** A leg that this machine has not what it takes for; the message says in one sentence how to make it run. */
export class CannotRun extends Error {
	override name = 'CannotRun';
}
