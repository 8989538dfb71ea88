import { runTypeScript } from './bootstrap/run-typescript.mjs';

await runTypeScript( 'tools/test.ts', process.argv.slice( 2 ) );
