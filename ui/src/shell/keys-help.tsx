import './keys-help.css';
import { Kbd } from '../components/badge';
import { Dialog } from '../components/dialog';
import { text } from '../i18n/text';
import { isKeysOpen, modKey } from './palette-state';

export function KeysHelp() {
  const { keys, nav } = text.value;
  const groups: { title: string; rows: [keys: string[], what: string][] }[] = [
    {
      title: keys.general,
      rows: [
        [[`${modKey} K`, '/'], keys.palette],
        [['?'], keys.help],
        [['t'], keys.theme],
        [[`${modKey} B`], keys.nav],
      ],
    },
    {
      title: keys.goTo,
      rows: [
        [['g h'], nav.home],
        [['g b'], nav.dashboards],
        [['g e'], nav.explore],
        [['g t'], nav.targets],
        [['g d'], nav.discovery],
        [['g s'], nav.status],
      ],
    },
    {
      title: keys.dashboard,
      rows: [
        [['v'], keys.viewPanel],
        [['e'], keys.editPanel],
        [['i'], keys.inspectPanel],
        [['m'], keys.panelMenu],
        [['d k'], keys.kiosk],
        [['Esc'], keys.leave],
      ],
    },
    {
      title: keys.charts,
      rows: [
        [['r'], keys.refresh],
        [['z'], keys.zoomOut],
        [['['], keys.timeBack],
        [[']'], keys.timeForward],
        [['← →'], keys.cursor],
      ],
    },
  ];
  return (
    <Dialog
      title={keys.title}
      onClose={() => {
        isKeysOpen.value = false;
      }}
    >
      <div class="keys-help">
        {groups.map(({ title, rows }) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl>
              {rows.map(([pressed, what]) => (
                <div key={what}>
                  <dt>{what}</dt>
                  <dd>
                    {pressed.map((one) => (
                      <span key={one} class="keys-help-keys">
                        {one.split(' ').map((key) => (
                          <Kbd key={key}>{key}</Kbd>
                        ))}
                      </span>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
