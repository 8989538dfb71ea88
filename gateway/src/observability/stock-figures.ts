import { Gauge, type Registry } from 'prom-client';
import type { Clock } from '../clock.ts';
import type { TenantDeliveries } from '../deliveries/delivery-store.ts';
import type { TenantJobs } from '../jobs/job-store.ts';
import { amountNames, type Amount, type BudgetStore } from '../policy/budgets/budget-store.ts';
import { countersOf } from '../policy/budgets/budgets.ts';
import type { Sites } from '../sites/site.ts';
import { PREFIX, siteOf } from './site-label.ts';

/** What is looked up when somebody asks for the figures. */
export type Stock = {
	clock: Clock;
	sites: Sites;
	/** Room on the disk that the store writes to. */
	freeBytes?: ( () => Promise< number > ) | undefined;
	/** Why the gateway's file is not in use as it stands. */
	configProblems: () => readonly string[];
	jobs: { stats: () => Promise< TenantJobs[] > };
	deliveries: { stats: () => Promise< TenantDeliveries[] > };
	budgets: Pick< BudgetStore, 'read' >;
};

const MS = 1000;
/** Budgets that are read before the process looks at what else waits: a network has thousands of blogs. */
const READ_AT_A_TIME = 200;
const amountLabels: Record< keyof Amount, string > = { requests: 'requests', tokens: 'tokens', micros: 'money' };

/** Figures of what is kept, by all processes together: the same at each of them. */
export class StockFigures {
	readonly #stock: Stock;
	readonly #figures;

	constructor( stock: Stock, registry: Registry ) {
		this.#stock = stock;
		this.#figures = figuresIn( registry );
	}

	/** A store that cannot be read is a figure, too. */
	async look(): Promise< void > {
		const { jobs, deliveries, freeBytes, configProblems } = this.#stock;
		this.#figures.configProblems.set( configProblems().length );
		try {
			this.#takeJobs( await jobs.stats() );
			this.#takeDeliveries( await deliveries.stats() );
			await this.#lookAtBudgets();
			this.#figures.store.set( 1 );
			this.#figures.freeBytes.set( ( await freeBytes?.() ) ?? NaN );
		} catch {
			this.#figures.store.set( 0 );
		}
	}

	#takeJobs( jobs: readonly TenantJobs[] ): void {
		const { clock, sites } = this.#stock;
		this.#figures.depth.reset();
		for ( const { tenant, waiting, running } of jobs ) {
			const site = siteOf( tenant, sites );
			this.#figures.depth.inc( { site, state: 'waiting' }, waiting );
			this.#figures.depth.inc( { site, state: 'running' }, running );
		}
		this.#figures.oldestJob.set( ageOf( jobs.map( ( { waiting_since } ) => waiting_since ), clock ) );
	}

	#takeDeliveries( deliveries: readonly TenantDeliveries[] ): void {
		const { clock, sites } = this.#stock;
		this.#figures.undelivered.reset();
		for ( const { tenant, undelivered, dead } of deliveries ) {
			const site = siteOf( tenant, sites );
			this.#figures.undelivered.inc( { site, state: 'undelivered' }, undelivered );
			this.#figures.undelivered.inc( { site, state: 'dead' }, dead );
		}
		this.#figures.oldestDelivery.set( ageOf( deliveries.map( ( { undelivered_since } ) => undelivered_since ), clock ) );
	}

	async #lookAtBudgets(): Promise< void > {
		const { clock, sites, budgets } = this.#stock;
		const fullest = new Map< string, { labels: { site: string; period: string; amount: string }; ratio: number } >();
		let readCount = 0;
		for ( const site of sites.values() ) {
			for ( const [ index, { scope, period, bounds } ] of countersOf( site, null, clock.now() ).entries() ) {
				const { used, reserved } = await budgets.read( scope, period );
				for ( const name of amountNames ) {
					const bound = bounds[ name ];
					if ( bound !== undefined ) {
						const labels = { site: site.site_id, period: index === 0 ? 'day' : 'month', amount: amountLabels[ name ] };
						const key = JSON.stringify( labels );
						const ratio = bound === 0 ? 1 : ( used[ name ] + reserved[ name ] ) / bound;
						fullest.set( key, { labels, ratio: Math.max( ratio, fullest.get( key )?.ratio ?? 0 ) } );
					}
				}
				if ( ++readCount % READ_AT_A_TIME === 0 ) {
					await new Promise( ( goOn ) => setImmediate( goOn ) );
				}
			}
		}
		this.#figures.budget.reset();
		for ( const { labels, ratio } of fullest.values() ) {
			this.#figures.budget.set( labels, ratio );
		}
	}
}

function figuresIn( registry: Registry ) {
	const gauge = ( name: string, help: string, labelNames: string[] = [] ) => new Gauge( { name: PREFIX + name, help, labelNames, registers: [ registry ] } );
	return {
		depth: gauge( 'queue_depth', 'Jobs that have not ended.', [ 'site', 'state' ] ),
		oldestJob: gauge( 'oldest_job_age_seconds', 'How long the job that has waited longest could have run.' ),
		undelivered: gauge( 'deliveries_waiting', 'Results on their way to a site, or given up.', [ 'site', 'state' ] ),
		oldestDelivery: gauge( 'oldest_delivery_age_seconds', 'How long the result that has waited longest is on its way to its site.' ),
		budget: gauge( 'budget_used_ratio', 'Used and reserved of a budget; 1 is all of it. Of several blogs the fullest.', [ 'site', 'period', 'amount' ] ),
		store: gauge( 'store_up', '1 where jobs, deliveries and budgets can be read.' ),
		freeBytes: gauge( 'disk_free_bytes', 'Room on the disk that the store writes to; with SQLite.' ),
		configProblems: gauge( 'config_problems', 'What is wrong in the gateway’s file; while it is not 0, the state before is in force.' ),
	};
}

function ageOf( times: readonly ( number | null )[], clock: Clock ): number {
	const since = Math.min( ...times.map( ( time ) => time ?? Infinity ) );
	return since === Infinity ? 0 : Math.max( 0, ( clock.now() - since ) / MS );
}
