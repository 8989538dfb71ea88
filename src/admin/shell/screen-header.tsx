import type { ReactNode } from 'react';

export function ScreenHeader( { title, children, actions }: { title: string; children: ReactNode; actions?: ReactNode } ) {
	return (
		<div className="draftkeeper-header">
			<div>
				<h1>{ title }</h1>
				<p>{ children }</p>
			</div>
			{ actions && <div className="draftkeeper-header__actions">{ actions }</div> }
		</div>
	);
}
