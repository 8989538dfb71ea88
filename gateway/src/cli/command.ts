import type { Environment } from '../gateway-file.ts';

/** What a command gets from outside; tests bring their own. */
export type CommandContext = {
	environment: Environment;
	now: () => number;
	randomBytes: ( size: number ) => Buffer;
	/** A line of the answer, on standard output. */
	write: ( line: string ) => void;
	/** A line for the person in front of it, on standard error. */
	note: ( line: string ) => void;
};

export type Command = { usage: string; run: ( args: string[], context: CommandContext ) => Promise< void > };

/** A command that was not understood or cannot be done, in a sentence for the operator. */
export class CommandError extends Error {
	override readonly name = 'CommandError';
}
