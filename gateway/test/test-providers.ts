import type { Clock } from '../src/clock.ts';
import { sample } from '../src/providers/adapters/sample.ts';
import { defaultTimeouts } from '../src/providers/call-watch.ts';
import { UpstreamProvider } from '../src/providers/upstream-provider.ts';
import type { Provider } from '../src/providers/provider.ts';
import { ManualClock } from './manual-clock.ts';

/** The offline writer, on a clock that stands still. */
export function sampleProvider( clock: Clock = new ManualClock() ): UpstreamProvider {
	return new UpstreamProvider( { adapter: sample( { clock } ), clock, fetch: globalThis.fetch, timeouts: defaultTimeouts } );
}

/** A provider that can do only what a test says. */
export function fakeProvider( overrides: Partial< Provider > ): Provider {
	const unexpected = async () => {
		throw new Error( 'This call was not expected.' );
	};
	return { generate: unexpected, call: unexpected, embed: unexpected, ...overrides };
}
