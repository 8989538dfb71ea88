import { defineConfig } from 'vitest/config';

export default defineConfig( { test: { projects: [ 'contract', 'gateway', 'src', 'tools', 'bench' ] } } );
