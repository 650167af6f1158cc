import { OPERATE_ROLES } from '@stagedoor/access';
import { anything, choice, type Fields, flag, integer, listOf, secret, text } from '../value-type.ts';

export const port = integer(0, 65_535);

const address = text({
  rule: 'must be one IP address or host name, without port',
  fits: (host) => /^[\w.:%-]{1,253}$/.test(host),
});

const contextPath = text({
  rule: 'must be `/`, or begin with a slash, end without one, and hold nothing but letters, digits, `.`, `_`, `~` and `-` between the slashes',
  fits: (path) => path === '/' || (/^(?:\/[\w.~-]+)+$/.test(path) && !/\/\.{1,2}(?:\/|$)/.test(path)),
});

const sessionsSurvive =
  'Sessions are sealed cookies here and survive a restart; those of identity providers end with it.';

/** Spring's own keys, and those that Camunda had before 8.8 or beside its security (facts, sections 1.1 and 2.5). */
export const serverFields = {
  'server.port': {
    type: port,
    default: '8080',
    meaning: 'used',
    documentation: 'The port of the APIs; 0 takes any free one.',
  },
  'server.address': {
    type: address,
    default: 'localhost',
    meaning: 'used',
    documentation:
      'The address to listen on. `localhost` is loopback in both families; `0.0.0.0` is every IPv4 address of the machine, `::` every address.',
  },
  'server.servlet.context-path': {
    type: contextPath,
    default: '/',
    meaning: 'used',
    documentation: 'A prefix of every path.',
  },
  'server.servlet.session.cookie.secure': {
    type: flag,
    meaning: 'used',
    documentation:
      'Whether browsers keep the cookies of sessions to TLS. Without it, they do where the APIs are served over TLS; say `true` where a proxy in front speaks it.',
  },
  'server.forward-headers-strategy': {
    type: text(),
    meaning: 'noted',
    documentation: 'Proxies are believed where `stagedoor.forwarded.peers` names them, and nobody else is.',
  },
  'management.server.port': {
    type: port,
    default: '9600',
    meaning: 'used',
    documentation: 'The port of health and metrics, which ask for no credentials; 0 takes any free one.',
  },
  'management.server.address': {
    type: address,
    meaning: 'used',
    documentation: 'The address of health and metrics; that of the APIs where it is missing.',
  },
  'spring.profiles.active': {
    type: listOf(text()),
    meaning: 'noted',
    documentation: 'Nothing here is switched by Spring profiles; see `stagedoor.profile`.',
  },
  'spring.mvc.problemdetails.enabled': {
    type: flag,
    meaning: 'noted',
    documentation: 'Errors are always problem details where the API has them.',
  },
  'camunda.operate.csrfPreventionEnabled': {
    type: flag,
    default: 'false',
    meaning: 'used',
    documentation:
      "Whether the session of `POST /api/login` needs cookie and header `X-CSRF-TOKEN`. Off, as in Camunda's Compose files, so that the documented commands work.",
  },
  'camunda.operate.rfc3339ApiDateFormat': {
    type: flag,
    default: 'false',
    meaning: 'used',
    documentation: 'Whether Operate v1 writes dates as RFC 3339 (`+00:00`) and not as before (`+0000`).',
  },
  'camunda.operate.userId': {
    type: text(),
    default: 'demo',
    meaning: 'used',
    documentation:
      'The user of Operate 8.6, who is made where one of these four keys is said. A name other than `demo` needs the password beside it.',
  },
  'camunda.operate.displayName': {
    type: text(),
    meaning: 'used',
    documentation: 'The name that people read; the user name where it is missing.',
  },
  'camunda.operate.password': {
    type: secret,
    meaning: 'used',
    documentation: 'His password. One of `camunda.security.initialization.users` for the same user stands above it.',
  },
  'camunda.operate.roles': {
    type: listOf(choice(OPERATE_ROLES)),
    meaning: 'used',
    documentation:
      'His roles, `OWNER` where none is named: `USER` reads, `OPERATOR` also repairs, changes and cancels process instances, `OWNER` also deletes. They become grants.',
  },
  'camunda.persistent.sessions.enabled': { type: flag, meaning: 'noted', documentation: sessionsSurvive },
  'camunda.operate.persistentSessionsEnabled': { type: flag, meaning: 'noted', documentation: sessionsSurvive },
  'camunda.tasklist.persistentSessionsEnabled': { type: flag, meaning: 'noted', documentation: sessionsSurvive },
  'camunda.operate': {
    type: anything,
    meaning: 'noted',
    documentation: 'What else Operate can be told belongs to its web pages and its storage.',
  },
  'camunda.tasklist': {
    type: anything,
    meaning: 'noted',
    documentation: 'What Tasklist can be told belongs to its web pages and its storage.',
  },
  'camunda.identity': {
    type: anything,
    meaning: 'noted',
    documentation: 'Management Identity is not a part of this program.',
  },
  'camunda.database': { type: anything, meaning: 'noted', documentation: 'Data is kept where `stagedoor.data` says.' },
  'camunda.data': { type: anything, meaning: 'noted', documentation: 'Data is kept where `stagedoor.data` says.' },
  'camunda.rest': {
    type: anything,
    meaning: 'noted',
    documentation: 'The REST APIs have no settings of that kind here.',
  },
  'camunda.license': { type: anything, meaning: 'noted', documentation: 'No license key is needed.' },
  'zeebe.broker': { type: anything, meaning: 'noted', documentation: 'There is no Zeebe broker to configure.' },
  'zeebe.gateway': { type: anything, meaning: 'noted', documentation: 'There is no Zeebe gateway to configure.' },
} satisfies Fields;
