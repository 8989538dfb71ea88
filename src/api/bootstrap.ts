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

/** Whether the reader manages the site; where nothing was printed, as outside WordPress, nobody does. */
export function isAdministrator(): boolean {
	return window.draftkeeper !== undefined && getBootstrap().can.manage;
}
