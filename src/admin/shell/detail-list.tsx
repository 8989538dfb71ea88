import type { ReactNode } from 'react';

/** A label and what is known under it. */
export type Detail = [ label: string, value: ReactNode ];

/** Everything that is known of one row; what is not is left out. */
export function DetailList( { details }: { details: Detail[] } ) {
	return (
		<dl className="draftkeeper-details">
			{ details.filter( ( [ , value ] ) => value ).map( ( [ label, value ] ) => (
				<div key={ label }>
					<dt>{ label }</dt>
					<dd>{ value }</dd>
				</div>
			) ) }
		</dl>
	);
}
