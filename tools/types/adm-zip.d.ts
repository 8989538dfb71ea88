/** The part of adm-zip that the tools use; the package ships no types. */
declare module 'adm-zip' {
	// eslint-disable-next-line import/no-default-export -- The package has one.
	export default class AdmZip {
		constructor( file?: string | Buffer );
		addFile( name: string, content: Buffer, comment?: string, attributes?: number ): { header: { time: Date } };
		getEntries(): { entryName: string }[];
		extractAllTo( folder: string, overwrite: boolean ): void;
		toBuffer(): Buffer;
		readAsText( name: string ): string;
		writeZip( file: string ): void;
	}
}
