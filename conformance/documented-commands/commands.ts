/**
 * The commands of the five authentication pages, in their words. Where the pages are at hand the suite checks that these are
 * all of them and letter by letter the same; where they are not, these are what it runs.
 */
export const COMMANDS = {
  topologyV2: `curl http://localhost:8080/v2/topology`,
  topologyV1: `curl http://localhost:8080/v1/topology`,
  searchInstances: `curl --request POST http://localhost:8080/v1/process-instances/search \\
--header 'Content-Type: application/json' \\
--data-raw '{}'`,
  basicTopologyV2: `curl --user username:password \\
http://localhost:8080/v2/topology`,
  basicTopologyV1: `curl --user username:password \\
http://localhost:8080/v1/topology`,
  basicSearchInstances: `curl --user username:password \\
--request POST http://localhost:8080/v1/process-instances/search \\
--header 'Content-Type: application/json' \\
--data-raw '{}'`,
  cookieLogin: `curl --request POST 'http://localhost:8080/api/login?username=demo&password=demo' \\
--cookie-jar cookie.txt`,
  cookieSearchDefinitions: `curl --request POST 'http://localhost:8080/v1/process-definitions/search' \\
--cookie cookie.txt \\
--header 'Content-Type: application/json' -d '{}'`,
  tokenOperate86: `curl --request POST \${ZEEBE_AUTHORIZATION_SERVER_URL} \\
--header 'Content-Type: application/x-www-form-urlencoded' \\
--data-urlencode 'grant_type=client_credentials' \\
--data-urlencode 'audience=operate.camunda.io' \\
--data-urlencode "client_id=\${ZEEBE_CLIENT_ID}" \\
--data-urlencode "client_secret=\${ZEEBE_CLIENT_SECRET}"`,
  tokenOperate: `curl --request POST \${CAMUNDA_OAUTH_URL} \\
--header 'Content-Type: application/x-www-form-urlencoded' \\
--data-urlencode 'grant_type=client_credentials' \\
--data-urlencode 'audience=operate.camunda.io' \\
--data-urlencode "client_id=\${CAMUNDA_CLIENT_ID}" \\
--data-urlencode "client_secret=\${CAMUNDA_CLIENT_SECRET}"`,
  tokenZeebe: `curl --request POST \${CAMUNDA_OAUTH_URL} \\
--header 'Content-Type: application/x-www-form-urlencoded' \\
--data-urlencode 'grant_type=client_credentials' \\
--data-urlencode 'audience=zeebe.camunda.io' \\
--data-urlencode "client_id=\${CAMUNDA_CLIENT_ID}" \\
--data-urlencode "client_secret=\${CAMUNDA_CLIENT_SECRET}"`,
  tokenOrchestration: `curl --request POST \${CAMUNDA_OAUTH_URL} \\
--header 'Content-Type: application/x-www-form-urlencoded' \\
--data-urlencode 'grant_type=client_credentials' \\
--data-urlencode "audience=\${CAMUNDA_TOKEN_AUDIENCE}" \\
--data-urlencode "client_id=\${CAMUNDA_CLIENT_ID}" \\
--data-urlencode "client_secret=\${CAMUNDA_CLIENT_SECRET}"`,
  tokenKeycloak: `curl --location --request POST 'http://localhost:18080/auth/realms/camunda-platform/protocol/openid-connect/token' \\
--header 'Content-Type: application/x-www-form-urlencoded' \\
--data-urlencode "client_id=\${CLIENT_ID}" \\
--data-urlencode "client_secret=\${CLIENT_SECRET}" \\
--data-urlencode 'grant_type=client_credentials'`,
  tokenKeycloakAudience: `curl --location --request POST 'http://localhost:18080/auth/realms/camunda-platform/protocol/openid-connect/token' \\
--header 'Content-Type: application/x-www-form-urlencoded' \\
--data-urlencode "client_id=\${CLIENT_ID}" \\
--data-urlencode "client_secret=\${CLIENT_SECRET}" \\
--data-urlencode "audience=\${CLIENT_ID_OC}" \\
--data-urlencode "scope=\${CLIENT_ID_OC}" \\
--data-urlencode 'grant_type=client_credentials'`,
  bearerSearchInstances: `curl --request POST \${CAMUNDA_OPERATE_BASE_URL}/v1/process-instances/search \\
--header "Authorization: Bearer \${TOKEN}" \\
--header 'Content-Type: application/json' \\
--data-raw '{}'`,
  bearerTopologyV1: `curl --header "Authorization: Bearer \${TOKEN}" \\
\${ZEEBE_REST_ADDRESS}/v1/topology`,
  bearerTopologyV2: `curl --header "Authorization: Bearer \${TOKEN}" \\
\${BASE_URL}/topology`,
  bearerClusters: `curl --request GET \${CAMUNDA_BASE_URL}/admin-api/clusters \\
--header "Authorization: Bearer \${TOKEN}"`,
} as const;

export type CommandName = keyof typeof COMMANDS;
