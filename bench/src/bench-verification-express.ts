/** Express with express-oauth2-jwt-bearer, which verifies each time: a process of its own, so that its CPU is. */
import type { AddressInfo } from 'node:net';
import express from 'express';
import { auth } from 'express-oauth2-jwt-bearer';

const { ISSUER = '', AUDIENCE = '', ALGORITHM = 'RS256', ANSWER = '{}' } = process.env;
const { body, headers } = JSON.parse(ANSWER);
const application = express();
application.use(auth({ issuer: ISSUER, jwksUri: `${ISSUER}/keys`, audience: AUDIENCE, tokenSigningAlg: ALGORITHM }));
application.get('/v2/topology', (_request, response) => {
  response.writeHead(200, headers).end(body);
});
const server = application.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
