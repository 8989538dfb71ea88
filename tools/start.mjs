import { runTypeScript } from './bootstrap/run-typescript.mjs';

await runTypeScript( 'tools/start.ts', process.argv.slice( 2 ) );
