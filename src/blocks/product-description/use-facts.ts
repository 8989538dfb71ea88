import type { FactProblem } from '@draftkeeper/contract';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from '@wordpress/element';
import { factProblemsQuery, factsQuery } from '../../api/facts';
import { emptyFacts, toFormFacts, toProductFacts, type Brief, type FormFacts } from './brief';

const CHECK_AFTER_MS = 600;

function useSettled< Value >( value: Value, delayMs: number ): Value {
	const [ settled, setSettled ] = useState( value );
	useEffect( () => {
		const timer = setTimeout( () => setSettled( value ), delayMs );
		return () => clearTimeout( timer );
	}, [ value, delayMs ] );
	return settled;
}

/** The facts of the form: what somebody typed here, else what the site knows, with the title as it is on the screen. */
export function useFacts( { postId, isSupported, title, brief, existingText }: {
	postId: number;
	/** The post type supplies facts. */
	isSupported: boolean;
	/** The post's title, saved or not. */
	title: string;
	brief: Brief;
	/** The text that is to be replaced; null where the site knows it better. */
	existingText: string | null;
} ) {
	const answer = useQuery( { ...factsQuery( postId ), enabled: isSupported } );
	const known = answer.data?.facts ?? null;
	const form: FormFacts = useMemo( () => {
		if ( brief.facts ) {
			return brief.facts;
		}
		const base = known ? toFormFacts( known ) : emptyFacts;
		return isSupported && title.trim() ? { ...base, name: title.trim().slice( 0, 200 ) } : base;
	}, [ brief.facts, known, isSupported, title ] );

	const facts = useMemo(
		() => toProductFacts( form, existingText ?? known?.existing_text ?? '' ),
		[ form, existingText, known ]
	);
	const settled = useSettled( facts, CHECK_AFTER_MS );
	const isUntouched = known !== null && ! brief.facts && form.name === known.name;
	const isBlank = form === emptyFacts;
	const check = useQuery( { ...factProblemsQuery( settled ), enabled: ! isUntouched && ! isBlank && ! answer.isPending, retry: false } );

	const problems: FactProblem[] = isUntouched ? answer.data?.problems ?? [] : check.data ?? [];
	return {
		form,
		facts,
		problems: isBlank ? [] : problems,
		isFromProduct: known !== null,
		isLoading: isSupported && answer.isPending,
		error: answer.error,
		retry: () => answer.refetch(),
	};
}
