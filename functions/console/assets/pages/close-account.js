// @ts-check
/** Closing the account, and stopping that. */
import { html } from '../lib/lit-html.js';
import { call, get, resource } from '../api.js';
import { me } from '../session.js';
import { Form, actions, input, outcome, summary } from '../parts/form.js';
import { when } from '../words.js';

/** @param {Page} page */
export default async function closeAccount(page) {
  const { data } = await get('/account');
  let closing = data.attributes['closing-at'];
  const form = new Form(() => show());
  const moved = (/** @type {string | null} */ at, /** @type {string} */ done) => {
    me.closing = closing = at;
    form.done = done;
  };
  const close = (/** @type {Event} */ event) => form.submit(event, async (fields) => {
    const data = resource('account-closings', { confirm: fields.get('confirm') });
    const { data: account } = await call('POST', '/account/closing', { data, key: form.key(data) });
    page.dirty = false;
    moved(account.attributes['closing-at'], 'Every Administrator gets a mail.');
  });
  const keep = (/** @type {Event} */ event) => form.submit(event, async () => {
    await call('DELETE', '/account/closing');
    moved(null, 'The account stays open. Every Administrator gets a mail.');
  });
  const open = () => html`<form class="stack" data-kept @submit=${close}><div class="panel">
    <p>In thirty days all users, organizations, groups, connections and API keys of ${me.home.name} will be removed. The activity log stays, and
      nobody else can take the name ${me.home.subdomain}.</p>
    <p>Until then everything works as before, but nobody new can be invited. Every Administrator gets a mail and can keep the account.
      After that nobody can bring it back.</p>
    ${input(form, 'confirm', 'Subdomain of the account', { required: true, hint: `Enter ${me.home.subdomain} to confirm.` })}</div>
    ${actions(form, 'Close the account')}</form>`;
  const running = () => html`<form class="stack" @submit=${keep}><div class="panel">
    <p>This account will be closed on ${when(closing, 'exact')}. Nothing has been removed yet.</p></div>${actions(form, 'Keep the account')}</form>`;
  const show = () => page.show('Close the account', html`${summary(form)}${outcome(form)}${closing ? running() : open()}`);
  show();
}
