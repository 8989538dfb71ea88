import * as z from 'zod/mini';
import { person } from './jobs.ts';
import { count, pattern, positive, utcTime } from './primitives.ts';

/** How many jobs one user may ask for within a sliding window. */
export const jobLimit = z.strictObject( {
	max_jobs: z.int().check( z.gte( 1 ), z.lte( 100000 ) ),
	window_seconds: z.int().check( z.gte( 60 ), z.lte( 86400 ) ),
} );
export type JobLimit = z.infer< typeof jobLimit >;

/** A day or a month of the site. */
export const budgetPeriods = [ 'day', 'month' ] as const;
export const budgetPeriod = z.enum( budgetPeriods );
export type BudgetPeriod = z.infer< typeof budgetPeriod >;

/** What a budget counts. Money is in millionths of a US dollar. */
export const budgetUnits = [ 'requests', 'tokens', 'micros' ] as const;
export const budgetUnit = z.enum( budgetUnits );
export type BudgetUnit = z.infer< typeof budgetUnit >;

const amount = z.int().check( z.gte( 0 ), z.lte( 1000000000000 ) );

/** Null: this budget does not count that unit. Zero: nothing may be used. */
const budgetFields = {
	period: budgetPeriod,
	requests: z.nullable( amount ),
	tokens: z.nullable( amount ),
	micros: z.nullable( amount ),
};

/** A budget that an administrator has set. */
export const budget = z.discriminatedUnion( 'scope', [
	z.strictObject( { scope: z.literal( 'site' ), ...budgetFields } ),
	/** All users of a role together. */
	z.strictObject( { scope: z.literal( 'role' ), role: pattern( /^[a-z0-9_-]{1,100}$/ ), ...budgetFields } ),
	/** One user; null: each user who has no budget for this period alone. */
	z.strictObject( { scope: z.literal( 'user' ), user_id: z.nullable( positive ), ...budgetFields } ),
] );
export type Budget = z.infer< typeof budget >;

/** `PUT /limits`: all of it. */
export const limitSettings = z.strictObject( {
	/** Null: no limit. */
	job_limit: z.nullable( jobLimit ),
	/** From this share of a budget on it is shown as a warning. */
	warn_percent: z.int().check( z.gte( 1 ), z.lte( 100 ) ),
	budgets: z.array( budget ).check( z.maxLength( 200 ) ),
} );
export type LimitSettings = z.infer< typeof limitSettings >;

export const budgetLevels = [ 'ok', 'warning', 'exhausted' ] as const;
export const budgetLevel = z.enum( budgetLevels );
export type BudgetLevel = z.infer< typeof budgetLevel >;

/** Where a budget stands in its present period. */
export const budgetState = z.strictObject( {
	scope: z.enum( [ 'site', 'role', 'user' ] ),
	/** The role's name or the user's id as text; null for the site. */
	subject: z.nullable( z.string() ),
	period: budgetPeriod,
	level: budgetLevel,
	/** When the period ends and the budget is whole again. */
	opens_at: utcTime,
	/** Null where the numbers are others' business; `level` is everybody's. */
	amounts: z.nullable( z.array( z.strictObject( { unit: budgetUnit, limit: count, used: count, reserved: count } ) ) ),
} );
export type BudgetState = z.infer< typeof budgetState >;

/** `GET /limits` and the answer to `PUT /limits`. */
export const limitsAnswer = z.strictObject( {
	settings: limitSettings,
	/** What a constant has set; it cannot be changed here. */
	locked: z.array( z.enum( [ 'job_limit', 'warn_percent', 'budgets' ] ) ),
	/** Of the site, the roles and the users that are named in `budgets`. */
	states: z.array( budgetState ),
	/** Every role of the site, by the name that people know. */
	roles: z.array( z.strictObject( { role: z.string(), name: z.string() } ) ),
	/** The users that are named in `budgets`; who is gone has no entry. */
	people: z.array( person ),
} );
export type LimitsAnswer = z.infer< typeof limitsAnswer >;

/** `GET /limits/mine`: what the current user may still ask for. */
export const myLimits = z.strictObject( {
	job_limit: z.nullable( z.strictObject( {
		max_jobs: positive,
		window_seconds: positive,
		remaining: count,
		/** When the next job may be asked for; null: now. */
		opens_at: z.nullable( utcTime ),
	} ) ),
	budgets: z.array( budgetState ),
} );
export type MyLimits = z.infer< typeof myLimits >;

/** `GET /limits/users?search=`: at most 20 people whom a budget can be made for. */
export const limitUsers = z.strictObject( { items: z.array( person ) } );
