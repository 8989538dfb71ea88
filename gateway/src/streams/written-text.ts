import type { NextPiece, Piece, Position } from './stream-store.ts';

/** What the present call for one job has written so far. */
export class WrittenText {
	#attempt = 0;
	#pieces: string[] = [];
	#length = 0;
	isEnded = false;

	/** UTF-16 units that are held. */
	get length(): number {
		return this.#length;
	}

	get position(): Position {
		return { attempt: this.#attempt, seq: this.#pieces.length };
	}

	/** 'gap' where pieces before this one are missing; 'known' where it is here already, or belongs to a call that is over. */
	add( { attempt, seq, text }: Piece ): 'added' | 'known' | 'gap' {
		if ( attempt < this.#attempt || ( attempt === this.#attempt && seq <= this.#pieces.length ) ) {
			return 'known';
		}
		if ( attempt > this.#attempt ) {
			if ( seq !== 0 ) {
				return 'gap';
			}
			this.#attempt = attempt;
			this.#pieces = [];
			this.#length = 0;
			return 'added';
		}
		if ( seq !== this.#pieces.length + 1 ) {
			return 'gap';
		}
		this.#pieces.push( text );
		this.#length += text.length;
		return 'added';
	}

	since( position: Position | null, maxLength: number ): NextPiece | null {
		// A position that was never given out begins anew, like one of an earlier call.
		const isKnown = position !== null && position.attempt === this.#attempt && position.seq <= this.#pieces.length;
		const isReset = position !== null && ! isKnown;
		const from = isKnown ? position.seq : 0;
		let seq = from;
		let text = '';
		for ( let piece = this.#pieces[ seq ]; piece !== undefined && ( text === '' || text.length + piece.length <= maxLength ); piece = this.#pieces[ seq ] ) {
			text += piece;
			seq++;
		}
		return seq > from || isReset ? { attempt: this.#attempt, seq, text, isReset } : null;
	}
}
