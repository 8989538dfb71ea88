import { jobStatuses, tasks } from '@draftkeeper/contract';
import type { Filter, View } from '@wordpress/dataviews';
import * as z from 'zod/mini';
import { reviewFilters, type JobFilter } from '../../api/job-list';
import { dayFilters, daysFromFilter, dayText } from '../shell/day-filter';

export const PAGE_SIZES = [ 25, 50, 100 ];
const DEFAULT_PAGE_SIZE = 25;

export const defaultView: View = {
	type: 'table',
	page: 1,
	perPage: DEFAULT_PAGE_SIZE,
	search: '',
	titleField: 'created_at',
	fields: [ 'status', 'user', 'post', 'review', 'cost_micros' ],
	filters: [],
	layout: { density: 'compact' },
};

const orNull = < Schema extends z.ZodMiniType >( schema: Schema ) => z.catch( z.nullable( schema ), null );
const id = z.coerce.number().check( z.int(), z.gte( 1 ) );
const modelName = z.string().check( z.regex( /^[a-z0-9][a-z0-9_.:/-]{0,99}$/i ) );
/** Whether a job can be asked for under this name; providers call their models anything. */
export const isModelName = ( name: string ): boolean => modelName.safeParse( name ).success;
const words = z.string().check( z.trim(), z.minLength( 1 ), z.maxLength( 100 ) );

/** By the name in the address and on the wire, and by the field of the table. Anything that does not fit is left out, never an error. */
const parts = {
	status: orNull( z.enum( jobStatuses ) ),
	user_id: orNull( id ),
	model: orNull( modelName ),
	task: orNull( z.enum( tasks ) ),
	post_id: orNull( id ),
	review: orNull( z.enum( reviewFilters ) ),
};
const fieldOf: Record< keyof typeof parts, string > = { status: 'status', user_id: 'user', model: 'model', task: 'task', post_id: 'post', review: 'review' };
const names = Object.keys( parts ) as ( keyof typeof parts )[];

const address = z.object( {
	...parts,
	from: orNull( dayText ),
	to: orNull( dayText ),
	search: orNull( words ),
	per_page: z.catch( id.check( z.refine( ( size ) => PAGE_SIZES.includes( size ) ) ), DEFAULT_PAGE_SIZE ),
} );

/** The view that an address asks for. Pages are not in it: the next one begins where the last one on the screen ends. */
export function viewFromAddress( search: string ): View {
	const given = Object.fromEntries( new URLSearchParams( search ) );
	const asked = address.parse( Object.fromEntries( Object.keys( address.shape ).map( ( name ) => [ name, given[ name ] ?? null ] ) ) );
	const filters: Filter[] = names.flatMap( ( name ) => asked[ name ] === null ? [] : [ { field: fieldOf[ name ], operator: 'is', value: asked[ name ] } ] );
	return { ...defaultView, perPage: asked.per_page, search: asked.search ?? '', filters: [ ...filters, ...dayFilters( asked ) ] };
}

/** The request behind a view. */
export function filterFromView( view: View ): JobFilter {
	const filterOn = ( field: string ) => view.filters?.find( ( filter ) => filter.field === field && filter.value !== undefined && filter.value !== '' );
	const value = < Schema extends z.ZodMiniType >( name: keyof typeof parts, schema: Schema ): z.output< Schema > =>
		schema.parse( filterOn( fieldOf[ name ] )?.value ?? null );
	return {
		status: value( 'status', parts.status ),
		user_id: value( 'user_id', parts.user_id ),
		model: value( 'model', parts.model ),
		task: value( 'task', parts.task ),
		post_id: value( 'post_id', parts.post_id ),
		review: value( 'review', parts.review ),
		...daysFromFilter( filterOn( 'day' ) ),
		search: address.shape.search.parse( view.search ?? null ),
		per_page: view.perPage ?? DEFAULT_PAGE_SIZE,
	};
}

/** The address of a view: only what differs from the default. `search` keeps everything that is not ours. */
export function addressFromView( search: string, view: View ): string {
	const asked = filterFromView( view );
	const parameters = new URLSearchParams( search );
	for ( const [ name, value ] of Object.entries( { ...asked, per_page: asked.per_page === DEFAULT_PAGE_SIZE ? null : asked.per_page } ) ) {
		if ( value === null ) {
			parameters.delete( name );
		} else {
			parameters.set( name, String( value ) );
		}
	}
	return `?${ parameters }`;
}

/** Whether anything is left out: then "nothing found" means another thing than "nothing there". */
export function isFiltered( { per_page: _size, ...asked }: JobFilter ): boolean {
	return Object.values( asked ).some( ( value ) => value !== null );
}
