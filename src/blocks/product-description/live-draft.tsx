import type { Job } from '@draftkeeper/contract';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from '@wordpress/element';
import { __ } from '@wordpress/i18n';
import { BULLET, previewLines } from '../../ui/preview-lines';
import { useLiveText } from './use-live-text';

/** How often somebody who listens is told what is new. */
const TELL_EVERY_MS = 4_000;
/** So near to the end a reader follows the text. */
const END_PX = 24;
const SENTENCE = /^[\s\S]*(?:[.!?…]["”’)]?(?=\s)|[。！？؟۔।]|\n)/u;

/** The draft while it is written. It keeps its size, so that nothing below it moves, whether text comes or not. */
export function LiveDraft( { job }: { job: Job | null } ) {
	const text = useLiveText( job );
	const lines = useMemo( () => previewLines( text ), [ text ] );
	const box = useRef< HTMLDivElement >( null );
	const isFollowing = useRef( true );

	useLayoutEffect( () => {
		if ( box.current && isFollowing.current ) {
			box.current.scrollTop = box.current.scrollHeight;
		}
	}, [ lines ] );

	if ( job?.status === 'pending' && job.wait_reason && lines.length === 0 ) {
		return null;
	}
	return (
		<>
			<div
				ref={ box }
				className={ `draftkeeper-live draftkeeper-text${ lines.length === 0 ? ' is-empty' : '' }` }
				role="region"
				aria-label={ __( 'Draft that is being written', 'draftkeeper' ) }
				aria-live="off"
				// Whoever has no mouse scrolls by keys.
				tabIndex={ lines.length === 0 ? -1 : 0 }
				onScroll={ ( { currentTarget: { scrollHeight, scrollTop, clientHeight } } ) => {
					isFollowing.current = scrollHeight - scrollTop - clientHeight < END_PX;
				} }
			>
				{ lines.map( ( line, index ) => <p key={ index } dir="auto" className={ line.startsWith( BULLET ) ? 'is-item' : undefined }>{ line }</p> ) }
			</div>
			<Told text={ lines.join( '\n' ) } />
		</>
	);
}

/** Reads out whole sentences, and not each word as it comes. */
function Told( { text }: { text: string } ) {
	const [ told, setTold ] = useState( '' );
	const latest = useRef( text );
	const length = useRef( 0 );
	latest.current = text;
	useEffect( () => {
		const timer = setInterval( () => {
			if ( latest.current.length < length.current ) {
				length.current = 0;
			}
			const [ news ] = SENTENCE.exec( latest.current.slice( length.current ) ) ?? [];
			if ( news ) {
				length.current += news.length;
				setTold( news.trim() );
			}
		}, TELL_EVERY_MS );
		return () => clearInterval( timer );
	}, [] );
	return <div className="draftkeeper-announcement" aria-live="polite">{ told }</div>;
}
