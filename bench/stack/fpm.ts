import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ownFolder } from './ownership.ts';
import { Service } from './processes.ts';
import type { Programs } from './programs.ts';
import { accepts } from './sockets.ts';
import type { State } from './state.ts';

const CHILDREN = 8;

export const fpmSocket = ( state: State ): string => join( state.run, 'fpm', 'sock' );

export function fpm( state: State, programs: Programs ): Service {
	return new Service( state, {
		name: 'php-fpm',
		account: 'www-data',
		command: [ programs.fpm, '-F', '-y', join( state.run, 'fpm.conf' ) ],
		stopSignal: 'SIGQUIT',
		isReady: () => accepts( { path: fpmSocket( state ) } ),
	} );
}

/** catch_workers_output stays off: it wakes the master at every request. */
export function configureFpm( state: State ): void {
	const folder = ownFolder( join( state.run, 'fpm' ), 'www-data' );
	ownFolder( join( state.logs, 'php' ), 'www-data' );
	writeFileSync( join( state.run, 'fpm.conf' ), `
[global]
error_log = /proc/self/fd/2
daemonize = no
[www]
listen = ${ fpmSocket( state ) }
listen.backlog = 511
pm = static
pm.max_children = ${ CHILDREN }
request_terminate_timeout = 70s
catch_workers_output = no
clear_env = yes
php_admin_value[error_log] = ${ state.logs }/php/php.log
php_admin_value[sys_temp_dir] = ${ folder }
php_admin_value[memory_limit] = 256M
php_admin_flag[log_errors] = on
php_admin_flag[display_errors] = off
php_admin_flag[opcache.enable] = on
php_admin_value[opcache.memory_consumption] = 128
php_admin_value[opcache.max_accelerated_files] = 10000
php_admin_value[opcache.revalidate_freq] = 2
php_admin_value[realpath_cache_size] = 4M
php_admin_value[realpath_cache_ttl] = 600
`.trimStart() );
}
