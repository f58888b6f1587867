import type { Target } from '../../api/scrape';

/** Why a scrape failed, in the kinds that ask for different remedies. */
export const reasonKinds = [
  'refused',
  'unreachable',
  'dns',
  'timeout',
  'timeoutReading',
  'closed',
  'notHTTP',
  'plainHTTP',
  'needsTLS',
  'certificate',
  'tls',
  'redirect',
  'unauthorized',
  'forbidden',
  'notFound',
  'serverError',
  'httpStatus',
  'contentType',
  'parse',
  'bodySize',
  'sampleLimit',
  'labelLimit',
  'bucketLimit',
  'targetLimit',
  'storage',
  'other',
] as const;

export type ReasonKind = (typeof reasonKinds)[number];

export type Reason = {
  kind: ReasonKind;
  /** What the texts name: parts of the URL, and of the message where it has them. */
  host: string;
  port: string;
  path: string;
  scheme: string;
  status: string;
  contentType: string;
  timeout: string;
  /** The server's message, without its hint. */
  message: string;
  /** What the server itself says to do; empty where it says nothing. */
  serverHint: string;
};

/** Go's messages, the most telling first. */
const patterns: readonly [RegExp, ReasonKind][] = [
  [/body size limit/i, 'bodySize'],
  [/sample[_ ]limit/i, 'sampleLimit'],
  [/bucket[_ ]limit/i, 'bucketLimit'],
  [/label(?:_name_length|_value_length|_name| name length| value length)?[_ ]limit/i, 'labelLimit'],
  [/target[_ ]limit/i, 'targetLimit'],
  [/unsupported Content-Type|fallback_scrape_protocol|Content-Type/i, 'contentType'],
  [/HTTP status 401/i, 'unauthorized'],
  [/HTTP status 403/i, 'forbidden'],
  [/HTTP status 404/i, 'notFound'],
  [/HTTP status 5\d\d/i, 'serverError'],
  [/HTTP status \d+/i, 'httpStatus'],
  [/no such host|server misbehaving|lookup .*(?:timeout|temporary failure)/i, 'dns'],
  [/server gave HTTP response to HTTPS client|first record does not look like a TLS handshake/i, 'plainHTTP'],
  [/x509:|certificate/i, 'certificate'],
  [/tls:|TLS handshake/i, 'tls'],
  [/malformed HTTP response.*\\x15\\x03/i, 'needsTLS'],
  [/malformed HTTP/i, 'notHTTP'],
  [/connection refused/i, 'refused'],
  [/no route to host|network is unreachable|host is down|host unreachable/i, 'unreachable'],
  [/stopped after \d+ redirects/i, 'redirect'],
  [/context deadline exceeded|i\/o timeout|Client\.Timeout/i, 'timeout'],
  [/connection reset|EOF|broken pipe/i, 'closed'],
  [
    /while parsing|strconv\.|expected .* got|invalid (?:UTF-8|metric|label)|unexpected end of input/i,
    'parse',
  ],
  [/out of order|out of bounds|storage|no space left/i, 'storage'],
];

/** For messages that no pattern knows: the word that the server has for them. */
const ownKinds: Record<string, ReasonKind> = {
  timeout: 'timeout',
  dns: 'dns',
  connect: 'unreachable',
  tls: 'tls',
  redirect: 'redirect',
  http_status: 'httpStatus',
  body: 'closed',
  body_size_limit: 'bodySize',
  content_type: 'contentType',
  parse: 'parse',
  sample_limit: 'sampleLimit',
  label_limit: 'labelLimit',
  native_histogram_bucket_limit: 'bucketLimit',
  target_limit: 'targetLimit',
  storage: 'storage',
  write: 'storage',
};

/** Server words that say more than a look at the message does. */
const trustedKinds = new Set(['storage', 'write', 'parse', 'target_limit']);

export function explainError(
  target: Pick<Target, 'lastError' | 'scrapeUrl' | 'scrapeTimeout' | 'errorKind'>,
): Reason {
  const { lastError, errorKind = '' } = target;
  const { message, serverHint } = splitHint(lastError, errorKind);
  const own = ownKinds[errorKind];
  const kind =
    (own && trustedKinds.has(errorKind) ? own : undefined) ??
    (/still sending/.test(serverHint) ? 'timeoutReading' : undefined) ??
    patterns.find(([pattern]) => pattern.test(message))?.[1] ??
    own ??
    'other';
  return {
    kind,
    ...urlParts(target.scrapeUrl),
    status: /HTTP status (\d+(?: [A-Z][\w ]*)?)/i.exec(message)?.[1]?.trim() ?? '',
    contentType: /Content-Type "([^"]*)"/i.exec(message)?.[1] ?? '',
    timeout: target.scrapeTimeout,
    message,
    serverHint,
  };
}

/** A server that sorts its errors adds what to do, after a semicolon. */
function splitHint(lastError: string, errorKind: string): { message: string; serverHint: string } {
  const at = errorKind ? lastError.indexOf('; ') : -1;
  if (at < 0) return { message: lastError, serverHint: '' };
  return { message: lastError.slice(0, at), serverHint: lastError.slice(at + 2) };
}

function urlParts(url: string): { host: string; port: string; path: string; scheme: string } {
  const match = /^(\w+):\/\/(\[[^\]]*\]|[^/:?]*)(?::(\d+))?(\/[^?]*)?/.exec(url);
  const [, scheme = '', host = url, port = '', path = '/'] = match ?? [];
  return { scheme, host, path, port: port || (scheme === 'https' ? '443' : '80') };
}
