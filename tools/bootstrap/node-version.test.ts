import { describe, expect, it } from 'vitest';
import { nodeProblem } from './node-version.mjs';

describe( 'Node', () => {
	it.each( [ '20.19.0', '20.20.2', '22.1.0', '24.0.0' ] )( '%s will do', ( version ) => {
		expect( nodeProblem( version ) ).toBeNull();
	} );

	it.each( [ '20.18.9', '18.20.0', '16.0.0' ] )( '%s is refused in one sentence', ( version ) => {
		expect( nodeProblem( version ) ).toContain( `needs Node 20.19 or newer; this is Node ${ version }` );
	} );
} );
