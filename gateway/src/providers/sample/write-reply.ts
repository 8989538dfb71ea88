/** Of what was asked, so many words are repeated. */
const QUOTED_WORDS = 20;

/** Answers whoever asks this writer something else than a description: says what it is, and what it has heard. */
export function writeReply( asked: string, maxWords: number ): { text: string; isCut: boolean } {
	const words = asked.split( /\s+/ ).filter( ( word ) => word !== '' );
	const quote = words.slice( 0, QUOTED_WORDS ).join( ' ' ) + ( words.length > QUOTED_WORDS ? ' …' : '' );
	const heard = words.length === 0
		? 'The last message holds no text.'
		: `The last message has ${ words.length } ${ words.length === 1 ? 'word' : 'words' }: “${ quote }”`;
	const all = `This is the sample writer, which is no language model: the way to it works. ${ heard }`.split( ' ' );
	return { text: all.slice( 0, maxWords ).join( ' ' ), isCut: all.length > maxWords };
}
