// The keys, as the actions declare them.

import { actions } from "../actions/registry";
import { overlay } from "../state/overlay";

export function KeysHelp() {
  const withKeys = actions.value.filter(({ keys }) => keys.length > 0);
  const groups = [...new Set(withKeys.map(({ group }) => group))];
  return (
    <div class="over" onPointerDown={(event) => event.target === event.currentTarget && (overlay.value = null)}>
      <div class="keys" role="dialog" aria-label="Keys">
        <div class="columns">
          {groups.map((group) => (
            <section key={group}>
              <h2>{group}</h2>
              <dl>
                {withKeys
                  .filter((action) => action.group === group)
                  .map((action) => (
                    <div key={action.id}>
                      <dt>
                        {action.keys.map((key) => (
                          <kbd key={key}>{key}</kbd>
                        ))}
                      </dt>
                      <dd>{action.title}</dd>
                    </div>
                  ))}
              </dl>
            </section>
          ))}
          <section>
            <h2>In the terminal</h2>
            <dl>
              <div>
                <dt>
                  <kbd>Esc</kbd>
                </dt>
                <dd>Leave it; every other key goes to the guest</dd>
              </div>
              <div>
                <dt>
                  <kbd>Shift+Esc</kbd>
                </dt>
                <dd>Send ESC to the guest</dd>
              </div>
            </dl>
          </section>
          <section>
            <h2>On a pin</h2>
            <dl>
              <div>
                <dt>
                  <kbd>←</kbd>
                  <kbd>→</kbd>
                  <kbd>↑</kbd>
                  <kbd>↓</kbd>
                </dt>
                <dd>Another pin</dd>
              </div>
              <div>
                <dt>
                  <kbd>0</kbd>
                  <kbd>1</kbd>
                </dt>
                <dd>Drive it low, high</dd>
              </div>
              <div>
                <dt>
                  <kbd>z</kbd>
                </dt>
                <dd>Let go of it</dd>
              </div>
            </dl>
          </section>
        </div>
        <p>Alt+click on a button, or Alt+Enter in the list of actions, copies the same request as curl. Esc closes.</p>
      </div>
    </div>
  );
}
