/** Holds the project to what its documents say of it: see `structure/rules.ts`. */
import { root } from './project.ts';
import { projectFiles } from './structure/project-files.ts';
import { rules } from './structure/rules.ts';

const files = projectFiles( root );
const problems = rules.flatMap( ( rule ) => rule( files ) );
for ( const problem of problems ) {
	console.error( problem );
}
process.exitCode = problems.length > 0 ? 1 : 0;
