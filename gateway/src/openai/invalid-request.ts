import { GatewayError } from '../errors.ts';

/** A request that breaks a rule; `param` is the path of what is wrong, as OpenAI writes it. */
export class InvalidRequest extends GatewayError {
	readonly param: string | null;
	/** OpenAI's word for it, where it has one that clients may look for. */
	readonly openaiCode: 'unknown_parameter' | 'unsupported_parameter' | null;

	constructor( message: string, param: string | null, openaiCode: InvalidRequest[ 'openaiCode' ] = null ) {
		super( 'invalid_body', message );
		this.param = param;
		this.openaiCode = openaiCode;
	}
}
