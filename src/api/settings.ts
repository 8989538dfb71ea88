import { connectionTest, newKeys, settingsAnswer, type ConnectionTest, type CreateKeys, type NewKeys, type Settings, type SettingsAnswer } from '@draftkeeper/contract';
import { queryOptions } from '@tanstack/react-query';
import { request } from './client';

/** The test waits for other servers, each for some seconds. */
const TEST_TIMEOUT_MS = 60_000;

export const settingsQuery = () => queryOptions( {
	queryKey: [ 'settings' ] as const,
	queryFn: async ( { signal } ): Promise< SettingsAnswer > => ( await request( { path: '/settings', schema: settingsAnswer, signal } ) ).data,
	// A form lies over it.
	refetchOnWindowFocus: false,
} );

/** Stores the settings. Throws `setting_locked`, or `invalid_body` with a sentence for each field that is wrong. */
export async function saveSettings( body: Settings ): Promise< SettingsAnswer > {
	return ( await request( { method: 'PUT', path: '/settings', schema: settingsAnswer, body } ) ).data;
}

/** Makes keys that are answered once and stored nowhere. */
export async function createKeys( body: CreateKeys ): Promise< NewKeys > {
	return ( await request( { method: 'POST', path: '/settings/keys', schema: newKeys, body } ) ).data;
}

/** Tries what is saved, to the gateway and back. */
export async function testConnection(): Promise< ConnectionTest > {
	return ( await request( { path: '/settings/test', schema: connectionTest, timeoutMs: TEST_TIMEOUT_MS } ) ).data;
}
