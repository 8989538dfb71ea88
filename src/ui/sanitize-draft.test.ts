import { describe, expect, it } from 'vitest';
import vectors from '../../contract/examples/sanitize.json';
import { countWords, draftText, sanitizeDraft } from './sanitize-draft';

const ALLOWED_ONLY = /<(?!\/?(?:p|ul|ol|li|strong|em|h3|h4)>|br>)/;

describe( 'sanitizeDraft', () => {
	it.each( vectors )( 'leaves a clean draft as it is: $name', ( { expected } ) => {
		expect( sanitizeDraft( expected ) ).toBe( expected );
	} );

	it.each( vectors )( 'lets nothing but the allowed tags through, and is done after one time: $name', ( { input } ) => {
		const clean = sanitizeDraft( input );
		expect( clean ).not.toMatch( ALLOWED_ONLY );
		expect( sanitizeDraft( clean ) ).toBe( clean );
	} );

	it( 'drops scripts with their text and handlers with their attributes', () => {
		expect( sanitizeDraft( '<p onclick="x()">a<script>alert(1)</script><img src=x onerror=alert(1)></p><svg><text>b</text></svg>' ) ).toBe( '<p>a</p>' );
	} );

	it( 'keeps the words of links and marks', () => {
		expect( sanitizeDraft( '<p>See <a href="https://example.com">here</a>, <mark class="x">42 cm</mark></p>' ) ).toBe( '<p>See here, 42 cm</p>' );
	} );

	it( 'makes paragraphs of the lines that browsers type', () => {
		expect( sanitizeDraft( '<p>a</p><div>b</div>c<div><br></div>' ) ).toBe( '<p>a</p><p>b</p><p>c</p>' );
	} );
} );

describe( 'draftText', () => {
	it( 'gives each block a line', () => {
		expect( draftText( '<h3>A</h3><ul><li>b</li><li>c</li></ul><p>d<br>e</p>' ) ).toBe( 'A\nb\nc\nd\ne' );
	} );
} );

describe( 'countWords', () => {
	it( 'counts words, not dashes and signs', () => {
		expect( countWords( 'Oak – 42 cm, oiled & solid.' ) ).toBe( 5 );
		expect( countWords( '' ) ).toBe( 0 );
	} );

	it( 'counts in languages without spaces', () => {
		expect( countWords( '実木のサイドテーブル', 'ja' ) ).toBeGreaterThan( 1 );
	} );
} );
