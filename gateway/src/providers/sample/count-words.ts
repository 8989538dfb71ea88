/** The sample writer's own measure of tokens: words, numbers and signs. */
export function countWords( text: string ): number {
	return text.match( /[\p{L}\p{M}]+|\p{N}+|[^\s\p{L}\p{M}\p{N}]/gu )?.length ?? 0;
}
