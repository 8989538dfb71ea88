/** The package brings no types. Only what we use is declared. */
declare module 'gettext-parser' {
	export interface GetTextTranslation {
		msgid: string;
		msgctxt?: string;
		msgid_plural?: string;
		msgstr: string[];
		comments?: { translator: string; extracted: string; reference: string; flag: string; previous: string };
	}
	export interface GetTextTranslations {
		charset: string;
		headers: Record< string, string >;
		translations: Record< string, Record< string, GetTextTranslation > >;
	}
	export const po: {
		parse: ( text: string ) => GetTextTranslations;
		compile: ( data: GetTextTranslations, options?: { foldLength?: number } ) => Buffer;
	};
	export const mo: { compile: ( data: GetTextTranslations ) => Buffer };
}
