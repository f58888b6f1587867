import { path } from '../router/location';
import { RouteView } from './route-view';

export function App() {
  return <RouteView path={path.value} />;
}
