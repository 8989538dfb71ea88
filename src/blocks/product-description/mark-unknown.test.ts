import { describe, expect, it } from 'vitest';
import { sanitizeDraft } from '../../ui/sanitize-draft';
import { markUnknown, remainingMarks } from './mark-unknown';

const number = ( text: string ) => ( { text, kind: 'number' as const } );

describe( 'markUnknown', () => {
	it( 'marks each place, also inside other tags, and leaves the text alone', () => {
		const html = '<p>15 kg, <strong>up to 15 kg</strong></p><ul><li>5 cm</li></ul>';
		const marked = markUnknown( html, [ number( '15 kg' ), number( '5 cm' ) ], 'Unknown' );
		expect( marked ).toBe( '<p><mark title="Unknown">15 kg</mark>, <strong>up to <mark title="Unknown">15 kg</mark></strong></p><ul><li><mark title="Unknown">5 cm</mark></li></ul>' );
		expect( sanitizeDraft( marked ) ).toBe( html );
	} );

	it( 'does not mark a piece of a longer number or word', () => {
		expect( markUnknown( '<p>42 and 2.</p>', [ number( '2' ) ], '' ) ).toBe( '<p>42 and <mark title="">2</mark>.</p>' );
	} );

	it( 'marks the longest of several', () => {
		expect( markUnknown( '<p>15 kg</p>', [ number( '15' ), number( '15 kg' ) ], '' ) ).toBe( '<p><mark title="">15 kg</mark></p>' );
	} );

	it( 'keeps written tags as text', () => {
		expect( markUnknown( '<p>&lt;b&gt; 7</p>', [ number( '7' ) ], '"><script>' ) ).toBe( '<p>&lt;b&gt; <mark title="&quot;><script>">7</mark></p>' );
	} );
} );

describe( 'remainingMarks', () => {
	it( 'lists each mark once while it is in the text', () => {
		expect( remainingMarks( 'It carries 15 kg.', [ number( '15 kg' ), number( '15 kg' ), number( '5 cm' ) ] ) ).toEqual( [ number( '15 kg' ) ] );
	} );
} );
