import type { DataSourceChange, DataSourceSettings } from '../../api/datasources';
import type { text } from './text';

export type Label = keyof (typeof text)['value']['fields'];

export type Section = 'connection' | 'credentials' | 'tls' | 'options';

/** Where a setting stands: at the root, in `jsonData`, or among the secrets. */
type Place = 'root' | 'json' | 'secret';

/** One field of a form, in Grafana's names. */
export type FieldSpec = {
  place: Place;
  key: string;
  label: Label;
  section: Section;
  control: 'text' | 'number' | 'secret' | 'area' | 'check' | { choices: readonly string[] };
  placeholder?: string;
  isRequired?: boolean;
  /** Shown while this other setting is on. */
  when?: string;
};

export type Kind = { type: string; name: string; fields: readonly FieldSpec[] };

const certificates: readonly FieldSpec[] = [
  { place: 'json', key: 'tlsSkipVerify', label: 'tlsSkipVerify', section: 'tls', control: 'check' },
  { place: 'json', key: 'tlsAuthWithCACert', label: 'tlsAuthWithCACert', section: 'tls', control: 'check' },
  {
    place: 'secret',
    key: 'tlsCACert',
    label: 'tlsCACert',
    section: 'tls',
    control: 'area',
    when: 'tlsAuthWithCACert',
  },
  { place: 'json', key: 'tlsAuth', label: 'tlsAuth', section: 'tls', control: 'check' },
  { place: 'json', key: 'serverName', label: 'serverName', section: 'tls', control: 'text', when: 'tlsAuth' },
  {
    place: 'secret',
    key: 'tlsClientCert',
    label: 'tlsClientCert',
    section: 'tls',
    control: 'area',
    when: 'tlsAuth',
  },
  {
    place: 'secret',
    key: 'tlsClientKey',
    label: 'tlsClientKey',
    section: 'tls',
    control: 'area',
    when: 'tlsAuth',
  },
];

const http = (placeholder: string): readonly FieldSpec[] => [
  {
    place: 'root',
    key: 'url',
    label: 'url',
    section: 'connection',
    control: 'text',
    placeholder,
    isRequired: true,
  },
  {
    place: 'json',
    key: 'timeout',
    label: 'timeout',
    section: 'connection',
    control: 'number',
    placeholder: '30',
  },
  { place: 'root', key: 'basicAuth', label: 'basicAuth', section: 'credentials', control: 'check' },
  {
    place: 'root',
    key: 'basicAuthUser',
    label: 'basicAuthUser',
    section: 'credentials',
    control: 'text',
    when: 'basicAuth',
  },
  {
    place: 'secret',
    key: 'basicAuthPassword',
    label: 'basicAuthPassword',
    section: 'credentials',
    control: 'secret',
    when: 'basicAuth',
  },
  { place: 'json', key: 'httpHeaderName1', label: 'headerName', section: 'credentials', control: 'text' },
  {
    place: 'secret',
    key: 'httpHeaderValue1',
    label: 'headerValue',
    section: 'credentials',
    control: 'secret',
    when: 'httpHeaderName1',
  },
  ...certificates,
];

const interval = (label: Label): FieldSpec => ({
  place: 'json',
  key: 'timeInterval',
  label,
  section: 'options',
  control: 'text',
  placeholder: '15s',
});

const sql = (placeholder: string): readonly FieldSpec[] => [
  {
    place: 'root',
    key: 'url',
    label: 'host',
    section: 'connection',
    control: 'text',
    placeholder,
    isRequired: true,
  },
  {
    place: 'json',
    key: 'database',
    label: 'database',
    section: 'connection',
    control: 'text',
    isRequired: true,
  },
  { place: 'root', key: 'user', label: 'user', section: 'credentials', control: 'text', isRequired: true },
  { place: 'secret', key: 'password', label: 'password', section: 'credentials', control: 'secret' },
];

const connections: FieldSpec = {
  place: 'json',
  key: 'maxOpenConns',
  label: 'maxOpenConns',
  section: 'options',
  control: 'number',
};

const documents: readonly FieldSpec[] = [
  ...http('http://localhost:9200'),
  { place: 'json', key: 'index', label: 'index', section: 'options', control: 'text', placeholder: 'logs-*' },
  {
    place: 'json',
    key: 'timeField',
    label: 'timeField',
    section: 'options',
    control: 'text',
    placeholder: '@timestamp',
  },
  interval('minInterval'),
];

/** The types that can be added, with what each needs to know. */
export const kinds: readonly Kind[] = [
  {
    type: 'prometheus',
    name: 'Prometheus',
    fields: [
      ...http('http://localhost:9090'),
      interval('timeInterval'),
      {
        place: 'json',
        key: 'httpMethod',
        label: 'httpMethod',
        section: 'options',
        control: { choices: ['POST', 'GET'] },
      },
      {
        place: 'json',
        key: 'customQueryParameters',
        label: 'customQueryParameters',
        section: 'options',
        control: 'text',
        placeholder: 'max_source_resolution=5m',
      },
    ],
  },
  {
    type: 'grafana-postgresql-datasource',
    name: 'PostgreSQL',
    fields: [
      ...sql('localhost:5432'),
      {
        place: 'json',
        key: 'sslmode',
        label: 'sslmode',
        section: 'tls',
        control: { choices: ['require', 'verify-ca', 'verify-full', 'disable'] },
      },
      interval('minInterval'),
      connections,
    ],
  },
  {
    type: 'mysql',
    name: 'MySQL, MariaDB',
    fields: [...sql('localhost:3306'), ...certificates, interval('minInterval'), connections],
  },
  { type: 'loki', name: 'Loki', fields: http('http://localhost:3100') },
  { type: 'elasticsearch', name: 'Elasticsearch', fields: documents },
  { type: 'grafana-opensearch-datasource', name: 'OpenSearch', fields: documents },
];

/** The uid that Monopod itself has. */
export const localUid = 'monopod';

export function kindOf(type: string): Kind | undefined {
  return kinds.find((kind) => kind.type === type);
}

export function nameOfType(type: string): string {
  return kindOf(type)?.name ?? type;
}

export function newSource(type: string, name: string): DataSourceSettings {
  return {
    uid: '',
    name,
    type,
    access: 'proxy',
    url: '',
    user: '',
    database: '',
    basicAuth: false,
    basicAuthUser: '',
    isDefault: false,
    jsonData: {},
    secureJsonFields: {},
    version: 0,
    readOnly: false,
  };
}

/** What a form holds: the settings, and the secrets that were typed. */
export type Draft = { settings: DataSourceSettings; secrets: Readonly<Record<string, string>> };

export function valueIn({ settings, secrets }: Draft, { place, key }: FieldSpec): string | boolean {
  const from: Record<string, unknown> =
    place === 'secret' ? secrets : place === 'json' ? settings.jsonData : settings;
  const value = from[key] ?? (key === 'database' ? settings.database : undefined);
  if (typeof value === 'boolean') return value;
  return value === undefined || value === null ? '' : String(value);
}

export function withValue(draft: Draft, { place, key, control }: FieldSpec, value: string | boolean): Draft {
  const { settings, secrets } = draft;
  if (place === 'secret') return { settings, secrets: { ...secrets, [key]: String(value) } };
  if (place === 'root') return { secrets, settings: { ...settings, [key]: value } };
  const jsonData = { ...settings.jsonData };
  if (value === '' || value === false) delete jsonData[key];
  else jsonData[key] = control === 'number' && !Number.isNaN(Number(value)) ? Number(value) : value;
  // One place holds the name of a database; older settings have it at the root.
  const database = key === 'database' ? '' : settings.database;
  return { secrets, settings: { ...settings, database, jsonData } };
}

/** Whether a field has a use with what else is set. */
export function isShown(draft: Draft, field: FieldSpec, fields: readonly FieldSpec[]): boolean {
  const condition = field.when && fields.find(({ key }) => key === field.when);
  return !condition || Boolean(valueIn(draft, condition));
}

/** The first required field that is empty. */
export function missing(draft: Draft): FieldSpec | undefined {
  const fields = kindOf(draft.settings.type)?.fields ?? [];
  return fields.find((field) => field.isRequired && String(valueIn(draft, field)).trim() === '');
}

/** What is sent. Secrets that were not typed stay as they are on the server. */
export function changeOf({ settings, secrets }: Draft): DataSourceChange {
  const { secureJsonFields: _, ...rest } = settings;
  const typed = Object.entries(secrets).filter(([, value]) => value !== '');
  return { ...rest, secureJsonData: Object.fromEntries(typed) };
}
