import { Spinner } from '@wordpress/components';

export function Loading( { text }: { text: string } ) {
	return <p className="draftkeeper-loading" role="status"><Spinner />{ text }</p>;
}
