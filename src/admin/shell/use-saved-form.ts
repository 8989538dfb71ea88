import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState } from '@wordpress/element';
import type { FormEvent } from 'react';
import { fieldErrors } from '../../api/field-errors';

export type FieldErrors = Record< string, string >;

/** What a form holds, as the server wants it, or what has to be put right first. */
export type Parsed< Value > = { value: Value } | { errors: FieldErrors };

interface SavedForm< Form, Value, Answer > {
	/** What is stored, as the form shows it. */
	saved: Form;
	parse: ( form: Form ) => Parsed< Value >;
	save: ( value: Value ) => Promise< Answer >;
	onSaved: ( answer: Answer ) => void;
}

/** A form over something that is stored: what has changed, what is wrong where, and a warning before it is lost. */
export function useSavedForm< Form extends object, Value, Answer >( { saved, parse, save, onSaved }: SavedForm< Form, Value, Answer > ) {
	const [ changed, setChanged ] = useState< Form | null >( null );
	const [ ownErrors, setOwnErrors ] = useState< FieldErrors >( {} );
	const [ tries, setTries ] = useState( 0 );
	const element = useRef< HTMLFormElement >( null );
	const form = changed ?? saved;
	const isDirty = changed !== null && JSON.stringify( changed ) !== JSON.stringify( saved );
	useUnsavedWarning( isDirty );

	const saving = useMutation( {
		mutationFn: save,
		onSuccess: ( answer ) => {
			onSaved( answer );
			setChanged( null );
		},
	} );
	const errors = { ...fieldErrors( saving.error ), ...ownErrors };

	// The first field that is wrong, once after each try.
	useEffect( () => {
		if ( tries > 0 || saving.error ) {
			element.current?.querySelector< HTMLElement >( '[aria-invalid="true"]' )?.focus();
		}
	}, [ tries, saving.error ] );

	return {
		element,
		form,
		isDirty,
		errors,
		/** What no field can show. */
		failure: Object.keys( errors ).length === 0 ? saving.error : null,
		isSaving: saving.isPending,
		isSaved: saving.isSuccess && ! isDirty,
		change( change: Partial< Form > ) {
			setChanged( { ...form, ...change } );
			setOwnErrors( {} );
			if ( ! saving.isPending ) {
				saving.reset();
			}
		},
		undo() {
			setChanged( null );
			setOwnErrors( {} );
			saving.reset();
		},
		submit( event?: FormEvent ) {
			event?.preventDefault();
			const parsed = parse( form );
			if ( 'errors' in parsed ) {
				saving.reset();
				setOwnErrors( parsed.errors );
				setTries( tries + 1 );
			} else if ( ! saving.isPending ) {
				setOwnErrors( {} );
				saving.mutate( parsed.value );
			}
		},
	};
}

/** The browser asks before it leaves the page. */
export function useUnsavedWarning( isUnsaved: boolean ): void {
	useEffect( () => {
		if ( ! isUnsaved ) {
			return undefined;
		}
		const warn = ( event: BeforeUnloadEvent ) => event.preventDefault();
		window.addEventListener( 'beforeunload', warn );
		return () => window.removeEventListener( 'beforeunload', warn );
	}, [ isUnsaved ] );
}
