import ts from 'typescript';
import { functions, type Messages, translatorsComment } from './messages.ts';

/** Reads the texts of a script that imports its functions from @wordpress/i18n, under whatever name. A file of a package names no domain. */
export function addTypeScriptMessages( messages: Messages, file: string, source: string, domain: string | null ): void {
	const tree = ts.createSourceFile( file, source, ts.ScriptTarget.Latest, true, /\.tsx$/.test( file ) ? ts.ScriptKind.TSX : ts.ScriptKind.TS );
	const names = importedNames( tree );
	const visit = ( node: ts.Node ): void => {
		if ( ts.isCallExpression( node ) && ts.isIdentifier( node.expression ) ) {
			const parts = functions[ names.get( node.expression.text ) ?? '' ];
			if ( parts ) {
				addCall( messages, file, source, node, parts, domain );
			}
		}
		ts.forEachChild( node, visit );
	};
	visit( tree );
}

function importedNames( tree: ts.SourceFile ): Map< string, string > {
	const names = new Map< string, string >();
	for ( const statement of tree.statements ) {
		const bindings = ts.isImportDeclaration( statement ) && ( statement.moduleSpecifier as ts.StringLiteral ).text === '@wordpress/i18n'
			? statement.importClause?.namedBindings : undefined;
		if ( bindings && ts.isNamedImports( bindings ) ) {
			for ( const { name, propertyName } of bindings.elements ) {
				names.set( name.text, ( propertyName ?? name ).text );
			}
		}
	}
	return names;
}

function addCall( messages: Messages, file: string, source: string, call: ts.CallExpression, parts: string[], domain: string | null ): void {
	const texts = call.arguments.map( ( argument ) => ts.isStringLiteralLike( argument ) ? argument.text : null );
	const given = Object.fromEntries( parts.map( ( part, index ) => [ part, texts[ index ] ?? null ] ) );
	if ( typeof given[ 'id' ] !== 'string' || given[ 'id' ] === '' || ( texts[ parts.length ] ?? null ) !== domain ) {
		return;
	}
	messages.add( { id: given[ 'id' ], plural: given[ 'plural' ] ?? null, context: given[ 'context' ] ?? '', comment: commentOf( source, call ), file } );
}

/** The nearest comment for translators above, at the call or at the statement around it. */
function commentOf( source: string, call: ts.Node ): string | null {
	for ( let node: ts.Node = call; node && ! ts.isSourceFile( node ); node = node.parent ) {
		for ( const { pos, end } of ts.getLeadingCommentRanges( source, node.getFullStart() ) ?? [] ) {
			const comment = translatorsComment( source.slice( pos, end ) );
			if ( comment !== null ) {
				return comment;
			}
		}
		if ( ts.isStatement( node ) || ts.isPropertyAssignment( node ) || ts.isJsxAttribute( node ) ) {
			return null;
		}
	}
	return null;
}
