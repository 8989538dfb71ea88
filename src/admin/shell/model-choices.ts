/** The models that a filter can be set to: those that are known, and whatever else is on the screen. */
export function withModels( known: string[], ...others: ( string | null )[] ): string[] {
	return [ ...new Set( [ ...known, ...others.filter( ( model ) => model !== null ) ] ) ].sort( ( one, other ) => one.localeCompare( other ) );
}
