import { Select } from '../../../../components/field';
import { Notice } from '../../../../components/notice';
import { CodeArea } from '../form/code-area';
import { isExpression } from '../panel/targets';
import { ElasticQuery, ExpressionQuery, LokiQuery, SqlQuery } from './other-queries';
import { PromQLQuery } from './promql-query';
import type { QueryFormProps } from './query-form';
import { text } from './text';

/** The form for a query of a data source's kind. */
export function QueryBody(props: QueryFormProps & { panels: readonly { id: number; title: string }[] }) {
  const { target, datasource } = props;
  if (isExpression(target)) return <ExpressionQuery {...props} />;
  switch (datasource?.type ?? kindOf(props)) {
    case 'prometheus':
      return <PromQLQuery {...props} />;
    case 'loki':
      return <LokiQuery {...props} />;
    case 'mysql':
    case 'mssql':
    case 'postgres':
    case 'grafana-postgresql-datasource':
      return <SqlQuery {...props} />;
    case 'elasticsearch':
    case 'opensearch':
    case 'grafana-opensearch-datasource':
      return <ElasticQuery {...props} />;
    case 'datasource':
    case 'dashboard':
      return datasource?.uid === '-- Dashboard --' ? <PanelQuery {...props} /> : <RawQuery {...props} />;
    default:
      return <RawQuery {...props} />;
  }
}

/** A query of a source that is not there is told by its own keys. */
function kindOf({ target }: QueryFormProps): string {
  if (target.rawSql !== undefined) return 'postgres';
  if (target.metrics !== undefined || target.bucketAggs !== undefined) return 'elasticsearch';
  return 'prometheus';
}

function PanelQuery({
  target,
  onChange,
  panels,
}: QueryFormProps & { panels: readonly { id: number; title: string }[] }) {
  return (
    <Select
      label={text.value.panelOf}
      value={String(target.panelId ?? '')}
      choices={[
        { value: '', label: text.value.choosePanel },
        ...panels.map(({ id, title }) => ({ value: String(id), label: title })),
      ]}
      onChange={(id) => onChange({ ...target, panelId: id === '' ? undefined : Number(id) })}
    />
  );
}

/** The query as it is stored, for sources without a form. */
function RawQuery({ target, datasource, onChange }: QueryFormProps) {
  return (
    <>
      <Notice level="info">{text.value.rawQuery(datasource?.type ?? '')}</Notice>
      <CodeArea
        label={text.value.queryOf(target.refId)}
        language="json"
        value={JSON.stringify(target, null, 2)}
        onChange={(written) => {
          try {
            const parsed: unknown = JSON.parse(written);
            if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) {
              onChange({ ...(parsed as typeof target), refId: target.refId });
            }
          } catch {
            // Being written; the editor underlines what is wrong.
          }
        }}
      />
    </>
  );
}
