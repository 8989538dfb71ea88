import { ticketClaims } from '@draftkeeper/contract';
import { invalidToken, verifySignature } from '../auth/verify-signature.ts';
import { assertTimely, useOnce, type TokenContext } from '../auth/verify-token.ts';
import { originsOf } from '../sites/site-origins.ts';

const TICKET_TYPE = 'draftkeeper-ticket+jwt';

/** Answers the tenant for whose job WordPress has signed the ticket. A ticket that is shown in the wrong place is not used up by it. */
export async function verifyTicket(
	context: TokenContext, { ticket, uuid, origin, now }: { ticket: string; uuid: string; origin: string; now: number }
): Promise< string > {
	const { site, claims } = verifySignature( context.sites, ticket, TICKET_TYPE, ticketClaims );
	if ( claims.aud !== context.origin() ) {
		throw invalidToken( `The ticket is meant for another gateway; this one is ${ context.origin() }.` );
	}
	if ( claims.job !== uuid ) {
		throw invalidToken( 'The ticket is meant for another job.' );
	}
	if ( claims.origin !== origin || ! originsOf( site ).has( origin ) ) {
		throw invalidToken( 'The ticket is meant for a page of another origin.' );
	}
	assertTimely( claims, now );
	await useOnce( context, site, claims, now );
	return site.tenant;
}
