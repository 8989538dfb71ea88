import { knownCounts, toCount, type Fetch } from '../adapter.ts';
import type { TokenUsage } from '../text-provider.ts';

type Counts = Record< string, unknown >;
type Told = { type?: unknown; usage?: Counts; message?: { usage?: Counts } };

/** Put where a server tells nothing: the AI SDK wants numbers there, and a paid text is not thrown away for them. */
const NOT_TOLD = { input_tokens: 0, output_tokens: 0, is_not_told: true };

/** Reads `usage` of a message, of `message_start` and of `message_delta`. What came from or went into a cache is counted apart there. */
export function readAnthropicUsage( raw: unknown ): Partial< TokenUsage > {
	const event = raw as Told | null | undefined;
	const told = event?.usage ?? event?.message?.usage;
	if ( typeof told !== 'object' || told === null || told[ 'is_not_told' ] === true ) {
		return {};
	}
	const fresh = toCount( told[ 'input_tokens' ] );
	const cached = toCount( told[ 'cache_read_input_tokens' ] );
	const written = toCount( told[ 'cache_creation_input_tokens' ] );
	// The first event of a stream tells how many tokens were written before there are any.
	const isStart = event?.message !== undefined;
	return knownCounts( {
		tokens_in: fresh === undefined ? undefined : fresh + ( cached ?? 0 ) + ( written ?? 0 ),
		tokens_out: isStart ? undefined : toCount( told[ 'output_tokens' ] ),
		cached_tokens_in: cached,
		cache_write_tokens_in: written,
	} );
}

/** Lets answers through whose server, a proxy as a rule, leaves the usage out. */
export function withoutUsageToo( fetch: Fetch ): Fetch {
	return async ( input, init ) => {
		const response = await fetch( input, init );
		if ( ! response.ok || response.body === null ) {
			return response;
		}
		const isStream = response.headers.get( 'content-type' )?.startsWith( 'text/event-stream' ) === true;
		const body = isStream ? response.body.pipeThrough( linesToldOf( /^data: ?(?=\{"type":"message_)/ ) ) : fill( await response.text() );
		return new Response( body, { status: response.status, headers: { 'content-type': response.headers.get( 'content-type' ) ?? '' } } );
	};
}

/** Fills in the lines that begin so; all others go through as they are. */
function linesToldOf( start: RegExp ): TransformStream< Uint8Array, Uint8Array > {
	const decoder = new TextDecoder();
	const encoder = new TextEncoder();
	let line = '';
	return new TransformStream( {
		transform( bytes, controller ) {
			const lines = ( line + decoder.decode( bytes, { stream: true } ) ).split( '\n' );
			line = lines.pop() ?? '';
			for ( const whole of lines ) {
				const [ prefix ] = start.exec( whole ) ?? [];
				controller.enqueue( encoder.encode( `${ prefix === undefined ? whole : prefix + fill( whole.slice( prefix.length ) ) }\n` ) );
			}
		},
		flush( controller ) {
			controller.enqueue( encoder.encode( line + decoder.decode() ) );
		},
	} );
}

function fill( json: string ): string {
	try {
		const told = JSON.parse( json ) as Told;
		const place = told.type === 'message_start' ? told.message : told;
		const wantsUsage = told.type === 'message' || told.type === 'message_start' || told.type === 'message_delta';
		if ( wantsUsage && place !== undefined && place.usage === undefined ) {
			place.usage = NOT_TOLD;
			return JSON.stringify( told );
		}
	} catch {
		// What cannot be read is for the AI SDK to refuse.
	}
	return json;
}
