import type { Person } from '@draftkeeper/contract';
import { useQuery } from '@tanstack/react-query';
import { ComboboxControl } from '@wordpress/components';
import { useDebounce } from '@wordpress/compose';
import { useState } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';
import { limitUsersQuery } from '../../api/limits';

const TYPING_MS = 300;

/** Finds one user by a part of the name. */
export function UserField( { userId, known, error, isLocked, onChange }: {
	userId: number | null;
	known: Person[];
	error: string | undefined;
	isLocked: boolean;
	onChange: ( userId: number | null ) => void;
} ) {
	const [ search, setSearch ] = useState( '' );
	const searchLater = useDebounce( setSearch, TYPING_MS );
	const found = useQuery( { ...limitUsersQuery( search ), enabled: ! isLocked } );
	const people = [ ...( found.data ?? [] ), ...known.filter( ( { id } ) => ! found.data?.some( ( other ) => other.id === id ) ) ];
	/* translators: %d: number of a user whose account is gone */
	const gone = userId !== null && ! people.some( ( { id } ) => id === userId ) ? [ { value: String( userId ), label: sprintf( __( 'User %d', 'draftkeeper' ), userId ) } ] : [];
	return (
		<ComboboxControl
			__next40pxDefaultSize
			__nextHasNoMarginBottom
			className={ error ? 'draftkeeper-field has-error' : '' }
			label={ __( 'User', 'draftkeeper' ) }
			value={ userId === null ? null : String( userId ) }
			allowReset={ ! isLocked }
			isLoading={ found.isFetching }
			options={ [ ...people.map( ( { id, name } ) => ( { value: String( id ), label: name || String( id ) } ) ), ...gone ] }
			help={ error ?? '' }
			onFilterValueChange={ searchLater }
			onChange={ ( value ) => ! isLocked && onChange( value ? Number( value ) : null ) }
		/>
	);
}
