import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LOOPBACK } from '../../tools/site/ports.ts';
import { fpmSocket } from './fpm.ts';
import { ownFolder } from './ownership.ts';
import { Service } from './processes.ts';
import type { Programs } from './programs.ts';
import { accepts } from './sockets.ts';
import type { State } from './state.ts';

const TEMPORARY = [ 'client_body', 'fastcgi', 'proxy', 'uwsgi', 'scgi' ];

export function nginx( state: State, programs: Programs ): Service {
	const config = join( state.run, 'nginx.conf' );
	return new Service( state, {
		name: 'nginx',
		account: 'www-data',
		command: [ programs.nginx, '-c', config, '-e', 'stderr', '-g', 'daemon off;' ],
		stopSignal: 'SIGQUIT',
		isReady: () => accepts( { host: LOOPBACK, port: state.ports.wp } ),
	} );
}

export function configureNginx( state: State ): void {
	const temporary = ownFolder( join( state.run, 'nginx' ), 'www-data' );
	writeFileSync( join( state.run, 'nginx.conf' ), `
worker_processes 1;
pid ${ temporary }/pid;
error_log stderr warn;
events { worker_connections 512; }
http {
	${ TEMPORARY.map( ( name ) => `${ name }_temp_path ${ temporary }/${ name };` ).join( '\n\t' ) }
	access_log off;
	default_type application/octet-stream;
	types { text/html html; text/css css; application/javascript js; application/json json; image/png png; image/svg+xml svg; }
	keepalive_requests 100000;
	client_max_body_size 2m;
	server {
		listen ${ LOOPBACK }:${ state.ports.wp } backlog=511;
		server_name ${ LOOPBACK };
		root ${ state.wordPress };
		index index.php;
		location / { try_files $uri $uri/ /index.php?$args; }
		location ~ /\\. { deny all; }
		location ~ \\.php$ {
			try_files $uri =404;
			fastcgi_pass unix:${ fpmSocket( state ) };
			fastcgi_read_timeout 75s;
			fastcgi_param QUERY_STRING $query_string;
			fastcgi_param REQUEST_METHOD $request_method;
			fastcgi_param CONTENT_TYPE $content_type;
			fastcgi_param CONTENT_LENGTH $content_length;
			fastcgi_param SCRIPT_NAME $fastcgi_script_name;
			fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
			fastcgi_param REQUEST_URI $request_uri;
			fastcgi_param DOCUMENT_URI $document_uri;
			fastcgi_param DOCUMENT_ROOT $document_root;
			fastcgi_param SERVER_PROTOCOL $server_protocol;
			fastcgi_param REQUEST_SCHEME $scheme;
			fastcgi_param GATEWAY_INTERFACE CGI/1.1;
			fastcgi_param SERVER_SOFTWARE nginx;
			fastcgi_param REMOTE_ADDR $remote_addr;
			fastcgi_param REMOTE_PORT $remote_port;
			fastcgi_param SERVER_ADDR $server_addr;
			fastcgi_param SERVER_PORT $server_port;
			fastcgi_param SERVER_NAME $server_name;
			fastcgi_param REDIRECT_STATUS 200;
			# With the port: without it WordPress redirects to itself for ever.
			fastcgi_param HTTP_HOST $host:${ state.ports.wp };
		}
	}
}
`.trimStart() );
}
