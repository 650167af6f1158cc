/** The identity providers of whose access tokens something is known here. */
export const PRESETS = ['auth0', 'camunda-saas', 'cognito', 'entra-v1', 'entra-v2', 'keycloak', 'okta'] as const;
export type Preset = (typeof PRESETS)[number];
