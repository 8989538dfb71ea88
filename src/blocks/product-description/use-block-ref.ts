import { store as blockEditorStore } from '@wordpress/block-editor';
import { useDispatch } from '@wordpress/data';
import { useEffect } from '@wordpress/element';
import { createUuid } from '../../api/uuid';

/** Which block of this window answers for a `ref`. A copy of a block brings its ref along and has to give it up. */
const owners = new Map< string, string >();

/** Gives a ref to a block that has none, or one that another block already has. Null until it is there. */
export function useBlockRef( clientId: string, ref: string | undefined, setRef: ( ref: string ) => void ): string | null {
	const { __unstableMarkNextChangeAsNotPersistent: markNotPersistent } = useDispatch( blockEditorStore );
	const owner = ref ? owners.get( ref ) : undefined;
	const isOwn = Boolean( ref ) && ( owner === undefined || owner === clientId );

	useEffect( () => {
		if ( ! ref || ( owners.has( ref ) && owners.get( ref ) !== clientId ) ) {
			// No undo step of its own: undoing it would leave two blocks with one draft.
			markNotPersistent();
			setRef( createUuid() );
			return undefined;
		}
		owners.set( ref, clientId );
		return () => {
			if ( owners.get( ref ) === clientId ) {
				owners.delete( ref );
			}
		};
		// `setRef` is new at each render and always means the same.
		// eslint-disable-next-line react-hooks/exhaustive-deps -- see above
	}, [ clientId, ref ] );

	return isOwn && ref ? ref : null;
}
