/**
 * Makes pieces of text that can be shown, stored and read by PHP as they come: a character that a provider cut
 * in two halves is joined again, and a half whose other half never comes becomes U+FFFD.
 */
export class WellFormedPieces {
	#half = '';

	take( piece: string ): string {
		const whole = this.#half + piece;
		const last = whole.charCodeAt( whole.length - 1 );
		const isHalf = last >= 0xd800 && last <= 0xdbff;
		this.#half = isHalf ? whole.slice( -1 ) : '';
		return ( isHalf ? whole.slice( 0, -1 ) : whole ).toWellFormed();
	}

	end(): string {
		const rest = this.#half.toWellFormed();
		this.#half = '';
		return rest;
	}
}
