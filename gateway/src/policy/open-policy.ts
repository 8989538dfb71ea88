import type { Clock } from '../clock.ts';
import type { Engine } from '../engine.ts';
import type { Logger } from '../observability/logger.ts';
import type { Meter } from '../observability/meter.ts';
import type { Models } from '../providers/models.ts';
import type { Sites } from '../sites/site.ts';
import { BudgetSweep } from './budgets/budget-sweep.ts';
import { Budgets } from './budgets/budgets.ts';
import { ResponseCache } from './cache/response-cache.ts';
import { JobAdmission } from './job-admission.ts';
import { SiteJobPolicy } from './job-policy.ts';
import { Limits } from './limits/limits.ts';
import { Moderation } from './moderation.ts';
import { SiteCallPolicy } from './site-call-policy.ts';

export type PolicyDeps = {
	engine: Pick< Engine, 'jobs' | 'limits' | 'budgets' | 'cache' >;
	sites: Sites;
	models: Models;
	clock: Clock;
	logger: Logger;
	meter?: Meter;
	fetch: typeof globalThis.fetch;
};

export type Policy = ReturnType< typeof openPolicy >;

/** Everything that decides what a site may do, put together. */
export function openPolicy( { engine, sites, models, clock, logger, meter, fetch }: PolicyDeps ) {
	const limits = new Limits( { store: engine.limits, clock, logger, meter } );
	const budgets = new Budgets( { store: engine.budgets, clock, logger } );
	const cache = new ResponseCache( { store: engine.cache, clock, logger, meter } );
	const moderation = new Moderation( { fetch, clock, logger, meter } );
	return {
		limits,
		budgets,
		admission: new JobAdmission( { limits, budgets, models, clock } ),
		calls: new SiteCallPolicy( { limits, budgets, moderation, cache, clock } ),
		jobs: new SiteJobPolicy( { sites, models, budgets, moderation, cache, clock } ),
		budgetSweep: new BudgetSweep( { store: engine.budgets, jobs: engine.jobs, clock, logger } ),
	};
}
