import { basic, bearer } from '../program/credentials.ts';
import type { Asked } from './visitor.ts';

export const JSON_TYPE = { 'content-type': 'application/json' };

/** Requests that say a secret in every place in which people put one. */
export function placesFor(secret: string): readonly (readonly [string, Asked])[] {
  return [
    ['/v2/topology', { headers: basic('demo', secret) }],
    ['/v2/topology', { headers: basic(secret, 'x') }],
    ['/v2/topology', { headers: bearer(secret) }],
    ['/v2/topology', { headers: { authorization: `Basic ${secret}` } }],
    ['/v2/topology', { headers: { authorization: `Secret ${secret}` } }],
    ['/v2/topology', { headers: { authorization: secret } }],
    ['/v2/topology', { headers: { cookie: `OPERATE-SESSION=${secret}; camunda-session=${secret}` } }],
    [
      '/v2/topology',
      { headers: { 'x-csrf-token': secret, 'stagedoor-setup-code': secret, origin: `http://${secret}.example` } },
    ],
    [`/v2/topology?access_token=${secret}`, {}],
    [`/v2/topology?password=${secret}`, { headers: basic('demo', 'demo') }],
    [`/v2/nothing?${secret}`, {}],
    [`/nothing?${secret}`, {}],
    [`/api/login?username=demo&password=${secret}`, { method: 'POST' }],
    [`/api/login?username=${secret}&password=x`, { method: 'POST' }],
    [`/login?username=demo&password=${secret}`, { method: 'POST' }],
    ['/login', { method: 'POST', body: new URLSearchParams({ username: 'demo', password: secret }) }],
    ['/login', { method: 'POST', body: new URLSearchParams({ username: secret, password: secret }) }],
    ['/login', { method: 'POST', headers: JSON_TYPE, body: `{"password":"${secret}"` }],
    ['/v2/setup/user', { method: 'POST', headers: JSON_TYPE, body: `{"username":"x","password":"${secret}"}` }],
    ['/v2/setup/user', { method: 'POST', headers: JSON_TYPE, body: `{"username":"x","password":"${secret}"` }],
    [
      '/v2/setup/user',
      { method: 'POST', headers: JSON_TYPE, body: `{"password":["${secret}"],"username":{"x":"${secret}"}}` },
    ],
    [
      '/v2/process-instances',
      {
        method: 'POST',
        headers: { ...JSON_TYPE, ...basic('demo', 'demo') },
        body: `{"processDefinitionId":5,"variables":"${secret}"}`,
      },
    ],
    [
      '/v2/process-instances',
      { method: 'POST', headers: { ...JSON_TYPE, ...basic('demo', 'demo') }, body: `${secret}` },
    ],
    [
      '/v1/process-instances/search',
      {
        method: 'POST',
        headers: { ...JSON_TYPE, ...basic('demo', 'demo') },
        body: `{"filter":{"state":"${secret}"},"size":"${secret}"}`,
      },
    ],
    ['/admin-api/clusters', { headers: bearer(secret) }],
  ];
}

/** The same for the token endpoints of the issuer. */
export function tokenRequests(secret: string): readonly Asked[] {
  const fields = { grant_type: 'client_credentials', client_id: 'fixed', client_secret: secret };
  return [
    { method: 'POST', body: new URLSearchParams(fields) },
    { method: 'POST', body: new URLSearchParams({ ...fields, client_id: secret }) },
    { method: 'POST', body: new URLSearchParams({ ...fields, audience: 'another', scope: 'another' }) },
    { method: 'POST', headers: JSON_TYPE, body: JSON.stringify(fields) },
    { method: 'POST', headers: JSON_TYPE, body: `{"client_secret":"${secret}"` },
    {
      method: 'POST',
      headers: basic('fixed', secret),
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    },
    { method: 'POST', headers: basic(secret, secret), body: new URLSearchParams({ grant_type: 'client_credentials' }) },
    { method: 'POST', headers: { 'content-type': 'text/plain' }, body: secret },
    { method: 'POST', body: new URLSearchParams([...Object.entries(fields), ['client_secret', secret]]) },
  ];
}
