import { Button } from '@wordpress/components';
import { __, _x, sprintf } from '@wordpress/i18n';
import type { ReactNode } from 'react';
import type { Pages } from './use-pages';

/** Goes through a list without numbered pages: to count them, the server would have to read everything before them. */
export function Pager( { pages, next, children }: { pages: Pages; next: string | null; children?: ReactNode } ) {
	const isFirst = pages.number === 1;
	return (
		<nav className="draftkeeper-pager" aria-label={ __( 'Pages', 'draftkeeper' ) }>
			{ children && <p className="draftkeeper-pager__hint">{ children }</p> }
			<Button __next40pxDefaultSize variant="tertiary" accessibleWhenDisabled disabled={ isFirst } onClick={ pages.toFirst }>
				{ __( 'First page', 'draftkeeper' ) }
			</Button>
			<Button __next40pxDefaultSize variant="tertiary" accessibleWhenDisabled disabled={ isFirst } onClick={ pages.toPrevious }>
				{ __( 'Previous page', 'draftkeeper' ) }
			</Button>
			<span>{ pageText( pages.number ) }</span>
			<Button __next40pxDefaultSize variant="tertiary" accessibleWhenDisabled disabled={ next === null } onClick={ () => next !== null && pages.toNext( next ) }>
				{ __( 'Next page', 'draftkeeper' ) }
			</Button>
		</nav>
	);
}

function pageText( page: number ): string {
	/* translators: %d: how many pages down the list this is */
	return sprintf( _x( 'Page %d', 'of a list', 'draftkeeper' ), page );
}
