import { describe, expect, it } from 'vitest';
import { previewLines } from './preview-lines';

describe( 'a text that is being written', () => {
	it( 'shows paragraphs and items as lines', () => {
		expect( previewLines( '<h3>The table</h3>\n<p>Made of <strong>oak</strong>.</p><ul><li>Width: 42 cm</li><li>Height' ) ).toEqual( [
			'The table', 'Made of oak.', '• Width: 42 cm', '• Height',
		] );
	} );

	it( 'never shows half of anything, and never takes back what it has shown', () => {
		const written = '<p>Größe &amp; Form: <em>42&nbsp;cm</em> 🪑 a &lt; b</p><!-- note --><p>Second &quot;part&quot;.</p>';
		let shown = '';
		for ( let length = 1; length <= written.length; length++ ) {
			const text = previewLines( written.slice( 0, length ) ).join( '\n' );
			expect( text ).not.toMatch( /[<>]p|em>|&(?:amp|nbsp|lt|quot)|note|\uFFFD|[\uD800-\uDBFF]$/ );
			expect( text.startsWith( shown.trimEnd() ) ).toBe( true );
			shown = text;
		}
		expect( shown ).toBe( 'Größe & Form: 42\u00a0cm 🪑 a < b\nSecond "part".' );
	} );

	it.each( [
		'<p>Safe<script>alert( 1 )', '<p>Safe<img src=x onerror=alert(1)>', '<p>Safe<style>p { color: red }</style>', '<p>Safe<svg onload=alert(1)>', '<p>Safe<a href="javascript:x',
	] )( 'shows the text of %s alone', ( written ) => {
		expect( previewLines( written ) ).toEqual( [ 'Safe' ] );
	} );

	it( 'reads Markdown as what it means', () => {
		expect( previewLines( '```html\n## The table\n\nMade of **oak**.\n\n- Width: 42 cm\n* Height: 55 cm\n```' ) ).toEqual( [
			'The table', 'Made of oak.', '• Width: 42 cm', '• Height: 55 cm',
		] );
	} );

	it( 'keeps signs that are no markup', () => {
		expect( previewLines( '<p>5 < 6, AT&T, 3 > 2' ) ).toEqual( [ '5 < 6, AT&T, 3 > 2' ] );
	} );

	it( 'is nothing before there is a letter', () => {
		expect( [ '', '<', '<p', '<p>', '<p>&', '   ' ].map( previewLines ) ).toEqual( [ [], [], [], [], [], [] ] );
	} );
} );
