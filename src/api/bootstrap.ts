import { bootstrap as bootstrapSchema, type Bootstrap } from '@draftkeeper/contract';

declare global {
	interface Window {
		draftkeeper?: unknown;
	}
}

let parsed: Bootstrap | null = null;

/** What PHP printed before our scripts: who this is, and whether anything can be generated. */
export function getBootstrap(): Bootstrap {
	parsed ??= bootstrapSchema.parse( window.draftkeeper );
	return parsed;
}
