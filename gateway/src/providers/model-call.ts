import type { CallWatch } from './call-watch.ts';
import type { ModelAnswer, ModelOptions, ModelRequest } from './provider.ts';
import type { UsageMeter } from './usage-meter.ts';

/** One call of a model, by whichever way. */
export type ModelCall = {
	options: ModelOptions;
	/** Whether the answer is to come in pieces. */
	isStream: boolean;
	onPart: ModelRequest[ 'onPart' ] | undefined;
	watch: CallWatch;
	usage: UsageMeter;
};

export interface CallableModel {
	call: ( call: ModelCall ) => Promise< Omit< ModelAnswer, 'usage' | 'sample' > >;
}
