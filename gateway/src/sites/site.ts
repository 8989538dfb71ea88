import type { KeyObject } from 'node:crypto';
import type { SitePolicy } from '../policy/site-policy.ts';

/** A WordPress site (one blog of it) that may use this gateway. */
export type Site = {
	/** `site_id:blog_id`; jobs, keys and results never cross it. */
	tenant: string;
	site_id: string;
	blog_id: number;
	/** `home_url()` of the site; a copy of the site has another one. */
	home: string;
	/** Prefix of the site's REST API, ends in `/wp-json/` or `?rest_route=/`. */
	rest_url: string;
	/** Public keys by key id; two while the site rotates. */
	keys: ReadonlyMap< string, KeyObject >;
	/** Decoded webhook secrets; every one signs. */
	webhook_secrets: readonly Buffer[];
	/** CIDR blocks outside the public internet in which the site may live. */
	private_networks: readonly string[];
	/** Where scripts of the site's pages may come from, besides its home: `https://www.shop.example`. */
	origins: readonly string[];
	/** Whether the API for OpenAI's clients is open to the site. */
	api: boolean;
	/** Decoded secrets of programs that sign their requests; any of them opens the API. */
	api_secrets: readonly Buffer[];
	models: readonly string[];
	default_model: string;
	/** The key of the moderation, where it needs one. */
	moderation_key: string | null;
} & SitePolicy;

export type Sites = ReadonlyMap< string, Site >;

export function tenantOf( siteId: string, blogId: number ): string {
	return `${ siteId }:${ blogId }`;
}
