import { expect, test } from 'vitest';
import { explainError } from './error-reason';

const target = { scrapeUrl: 'http://10.0.0.7:9100/metrics', scrapeTimeout: '10s' };
const kindOf = (lastError: string, errorKind?: string) =>
  explainError({ ...target, lastError, errorKind }).kind;

test.each([
  ['Get "http://127.0.0.1:1/metrics": dial tcp 127.0.0.1:1: connect: connection refused', 'refused'],
  ['Get "http://x:80/": dial tcp: lookup x on 10.0.0.2:53: no such host', 'dns'],
  ['Get "http://x:80/": dial tcp 10.9.9.9:80: connect: no route to host', 'unreachable'],
  ['Get "http://x/slow": context deadline exceeded', 'timeout'],
  ['Get "http://x/": dial tcp 10.0.0.1:80: i/o timeout', 'timeout'],
  ['server returned HTTP status 401 Unauthorized', 'unauthorized'],
  ['server returned HTTP status 403 Forbidden', 'forbidden'],
  ['server returned HTTP status 404 Not Found', 'notFound'],
  ['server returned HTTP status 503 Service Unavailable', 'serverError'],
  ['server returned HTTP status 418 I am a teapot', 'httpStatus'],
  [
    'received unsupported Content-Type "text/html" and no fallback_scrape_protocol specified for target',
    'contentType',
  ],
  ['body size limit exceeded', 'bodySize'],
  ['sample limit exceeded', 'sampleLimit'],
  ['label_limit exceeded (metric: up, number of labels: 9, limit: 3)', 'labelLimit'],
  ['label_value_length_limit exceeded (metric: "x")', 'labelLimit'],
  ['histogram bucket limit exceeded', 'bucketLimit'],
  ['target_limit exceeded (number of targets: 3, limit: 2)', 'targetLimit'],
  ['Get "https://x/ok": tls: first record does not look like a TLS handshake', 'plainHTTP'],
  ['http: server gave HTTP response to HTTPS client', 'plainHTTP'],
  [
    'Get "https://x/": tls: failed to verify certificate: x509: certificate signed by unknown authority',
    'certificate',
  ],
  ['remote error: tls: handshake failure', 'tls'],
  ['net/http: HTTP/1.x transport connection broken: malformed HTTP response "\\x15\\x03\\x01"', 'needsTLS'],
  ['malformed HTTP response "SSH-2.0-OpenSSH"', 'notHTTP'],
  ['Get "/": stopped after 10 redirects', 'redirect'],
  ['read tcp 1.2.3.4:1->5.6.7.8:9: read: connection reset by peer', 'closed'],
  ['unexpected EOF', 'closed'],
  ['strconv.ParseFloat: parsing "is": invalid syntax while parsing: "this is"', 'parse'],
  ['out of order sample', 'storage'],
  ['something new', 'other'],
])('%s', (message, kind) => {
  expect(kindOf(message)).toBe(kind);
});

test('the word of the server decides where the message does not', () => {
  expect(kindOf('something new', 'redirect')).toBe('redirect');
  expect(kindOf('something new', 'also_new')).toBe('other');
});

test('a message that quotes other words does not mislead where the server knows better', () => {
  expect(kindOf('invalid metric while parsing: "connection refused"', 'parse')).toBe('parse');
  expect(kindOf('EOF', 'write')).toBe('storage');
});

test('the hint of the server is not its message', () => {
  const tls = { ...target, errorKind: 'tls', lastError: 'tls: bad; check tls_config (client certificate)' };
  expect(explainError(tls)).toMatchObject({
    kind: 'tls',
    message: 'tls: bad',
    serverHint: 'check tls_config (client certificate)',
  });
  expect(kindOf('context deadline exceeded; the target was still sending after 10 bytes', 'timeout')).toBe(
    'timeoutReading',
  );
  // Without its word for the error a semicolon is part of the message.
  expect(explainError({ ...target, lastError: 'a; b' })).toMatchObject({ message: 'a; b', serverHint: '' });
});

test('the texts get what they name', () => {
  expect(explainError({ ...target, lastError: 'server returned HTTP status 404 Not Found' })).toMatchObject({
    host: '10.0.0.7',
    port: '9100',
    path: '/metrics',
    scheme: 'http',
    status: '404 Not Found',
    timeout: '10s',
  });
  expect(
    explainError({
      scrapeUrl: 'https://[::1]/probe?x=1',
      scrapeTimeout: '1s',
      lastError: 'Content-Type "text/html"',
    }),
  ).toMatchObject({ host: '[::1]', port: '443', path: '/probe', contentType: 'text/html' });
});
