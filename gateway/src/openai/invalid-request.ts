import { GatewayError } from '../errors.ts';

/** A request that breaks a rule; `param` is the path of what is wrong, as OpenAI writes it. */
export class InvalidRequest extends GatewayError {
	readonly param: string | null;

	constructor( message: string, param: string | null ) {
		super( 'invalid_body', message );
		this.param = param;
	}
}
