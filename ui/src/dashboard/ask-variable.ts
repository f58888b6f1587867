import type { Result } from '../api/errors';
import { requestJson } from '../api/json';
import type { VariableRequest } from '../variables/load-options';
import type { Option } from '../variables/options';

/** Asks a data source for the values of a variable. */
export function askVariable(
  request: VariableRequest,
  signal: AbortSignal,
): Promise<Result<{ values: Option[] }>> {
  return requestJson('POST', '/api/monopod/v1/variable', { body: request, signal });
}
