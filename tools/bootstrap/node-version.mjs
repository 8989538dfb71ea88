const MINIMUM_MAJOR = 20;
const MINIMUM_MINOR = 19;

/**
 * @param {string} version Node's version, such as "20.19.1".
 * @return {string|null} One sentence when it is too old.
 */
export function nodeProblem( version ) {
	const [ major = 0, minor = 0 ] = version.split( '.' ).map( Number );
	if ( major > MINIMUM_MAJOR || ( major === MINIMUM_MAJOR && minor >= MINIMUM_MINOR ) ) {
		return null;
	}
	return `Draftkeeper needs Node ${ MINIMUM_MAJOR }.${ MINIMUM_MINOR } or newer; this is Node ${ version }. Get a newer one from nodejs.org.`;
}
