/** A map that readers hold on to while its whole content is exchanged at once. */
export class ReplaceableMap< Value > implements ReadonlyMap< string, Value > {
	#content: ReadonlyMap< string, Value >;

	constructor( content: ReadonlyMap< string, Value > ) {
		this.#content = content;
	}

	replace( content: ReadonlyMap< string, Value > ): void {
		this.#content = content;
	}

	get size(): number {
		return this.#content.size;
	}

	get( key: string ): Value | undefined {
		return this.#content.get( key );
	}

	has( key: string ): boolean {
		return this.#content.has( key );
	}

	keys(): MapIterator< string > {
		return this.#content.keys();
	}

	values(): MapIterator< Value > {
		return this.#content.values();
	}

	entries(): MapIterator< [ string, Value ] > {
		return this.#content.entries();
	}

	[ Symbol.iterator ](): MapIterator< [ string, Value ] > {
		return this.#content.entries();
	}

	forEach( run: ( value: Value, key: string, map: ReadonlyMap< string, Value > ) => void ): void {
		this.#content.forEach( run );
	}
}
