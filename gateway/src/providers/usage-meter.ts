import type { ModelRequest } from './provider.ts';
import { unknownUsage, type TokenUsage } from './text-provider.ts';

/** Adds up what a call has told about tokens: later counts replace earlier ones. */
export class UsageMeter {
	known: TokenUsage = unknownUsage;
	readonly #onUsage: ModelRequest[ 'onUsage' ];

	constructor( onUsage: ModelRequest[ 'onUsage' ] ) {
		this.#onUsage = onUsage;
	}

	add( told: Partial< TokenUsage > ): void {
		if ( Object.keys( told ).length > 0 ) {
			this.known = { ...this.known, ...told };
			this.#onUsage?.( this.known );
		}
	}
}
