export function median( values: readonly number[] ): number {
	const sorted = [ ...values ].sort( ( a, b ) => a - b );
	const middle = Math.floor( sorted.length / 2 );
	return sorted.length % 2 === 1 ? ( sorted[ middle ] ?? NaN ) : ( ( sorted[ middle - 1 ] ?? NaN ) + ( sorted[ middle ] ?? NaN ) ) / 2;
}

/** The value that a share (0 to 1) of the others does not exceed. */
export function quantile( values: readonly number[], share: number ): number {
	const sorted = [ ...values ].sort( ( a, b ) => a - b );
	return sorted[ Math.min( sorted.length - 1, Math.ceil( share * sorted.length ) - 1 ) ] ?? NaN;
}

/** In random order. */
export function shuffled< T >( values: readonly T[], random: () => number = Math.random ): T[] {
	const left = [ ...values ];
	const result: T[] = [];
	while ( left.length > 0 ) {
		result.push( ...left.splice( Math.floor( random() * left.length ), 1 ) );
	}
	return result;
}
