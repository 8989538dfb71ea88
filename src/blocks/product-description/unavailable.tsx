import { Button, Notice } from '@wordpress/components';
import { __ } from '@wordpress/i18n';
import type { ReactNode } from 'react';

export type UnavailableReason = 'ai_disabled' | 'no_capability' | 'no_post' | 'other_post';

function reasonText( reason: UnavailableReason ): string {
	switch ( reason ) {
		case 'ai_disabled':
			return __( 'AI features are switched off on this site, so no draft can be generated. Your text is untouched.', 'draftkeeper' );
		case 'no_capability':
			return __( 'Your role may not generate drafts. Ask an administrator for access. Your text is untouched.', 'draftkeeper' );
		case 'no_post':
			return __( 'A draft belongs to one page or product. This is a template or a widget area, so nothing can be generated here. Open the product itself and add the block there.', 'draftkeeper' );
		case 'other_post':
			return __( 'This shows another page’s content. Open that page to generate a draft for it.', 'draftkeeper' );
		default:
			throw new Error( `Unknown reason ${ reason satisfies never }` );
	}
}

/** Why the block can do nothing here; the text inside it stays as it is. */
export function Unavailable( { reason, children }: { reason: UnavailableReason; children: ReactNode } ) {
	return (
		<div className="draftkeeper-flow">
			<Notice className="draftkeeper-notice" status="info" isDismissible={ false }>{ reasonText( reason ) }</Notice>
			{ children }
		</div>
	);
}

export function NotConnected( { connectUrl }: { connectUrl: string | null } ) {
	return (
		<Notice className="draftkeeper-notice" status="warning" isDismissible={ false }>
			<p className="draftkeeper-notice__text">
				<strong>{ __( 'This site is not connected to a gateway yet.', 'draftkeeper' ) }</strong>{ ' ' }
				{ connectUrl
					? __( 'The gateway keeps the keys of your AI provider and writes the drafts.', 'draftkeeper' )
					: __( 'An administrator of this site can connect one.', 'draftkeeper' ) }
			</p>
			{ connectUrl && <Button variant="secondary" size="compact" href={ connectUrl }>{ __( 'Connect a gateway', 'draftkeeper' ) }</Button> }
		</Notice>
	);
}
