// @ts-check
/** The keys with which programs call the API. A key is shown once. */
import { html, nothing } from '../lib/lit-html.js';
import { call, list, resource } from '../api.js';
import { ask, sure } from '../parts/dialog.js';
import { Form, actions, input, outcome, summary, tick } from '../parts/form.js';
import { grantFields, granted, grants } from '../parts/grants.js';
import { none, pager, table } from '../parts/list.js';
import { when } from '../words.js';

/** @param {import('../main.js').Page} page */
export default async function keys(page) {
  let answer = await list('/api-keys', { sort: 'name' }, page.query);
  const again = async () => { answer = await list('/api-keys', { sort: 'name' }, page.query); };
  const form = new Form(() => show());

  /** Stays until its reader says that it is kept. @param {any} key */
  const shown = (key) => {
    let kept = false;
    let copied = '';
    return ask('Keep this key', (close, draw) => html`<p>This is the key “${key.attributes.name}”. It is shown now and never again.</p>
      <div class="secret"><input readonly aria-label="The key" value=${key.attributes.key} @focus=${(/** @type {any} */ event) => event.target.select()}>
      <button type="button" class="second" @click=${async (/** @type {any} */ event) => {
        const field = event.currentTarget.previousElementSibling;
        await navigator.clipboard.writeText(field.value).then(() => { copied = 'Copied.'; }, () => { field.select(); copied = 'Press Ctrl+C, or Cmd+C, to copy it.'; });
        draw();
      }}>Copy</button></div><p role="status" class="hint">${copied}</p>${tick('kept', 'I have kept it', false, (checked) => { kept = checked; draw(); })}
      <div class="actions"><button ?disabled=${!kept} @click=${() => close()}>Close</button></div>`, { stay: true });
  };
  const make = async () => {
    const grant = await grants({ role: 'Read-only' });
    /** @type {Form} */ let inner;
    const made = await ask('New API key', (close, draw) => {
      inner ??= new Form(draw);
      return html`${summary(inner)}<form class="stack" @submit=${(/** @type {any} */ event) => {
        const fields = new FormData(event.currentTarget);
        const ends = fields.get('expires-at');
        const data = resource('api-keys', { name: fields.get('name'), 'role-name': grant.role, 'all-organizations': grant.all,
          ...(ends && { 'expires-at': new Date(`${ends}T23:59:59`).toISOString() }) }, { organizations: granted(grant).organizations });
        return inner.submit(event, async () => close((await call('POST', '/api-keys', { data, key: inner.key(data) })).data));
      }}>${input(inner, 'name', 'Name', { required: true, hint: 'What uses it: “Nightly export”, for one.' })}${grantFields(inner, grant, { groups: false })}
        ${input(inner, 'expires-at', 'Ends on', { type: 'date', hint: 'Left empty, it ends in a year.' })}
        ${actions(inner, 'Make the key', html`<button type="button" class="second" @click=${() => close()}>Cancel</button>`)}</form>`;
    });
    if (!made) return;
    // An answer that is repeated no longer holds the key.
    if (made.attributes.key) await shown(made);
    await form.submit(null, async () => { await again(); form.done = made.attributes.key ? `The key ${made.attributes.name} works now.`
      : `The key ${made.attributes.name} was made, but its answer was lost. Remove it and make another.`; });
  };
  const remove = (/** @type {any} */ key) => sure({ title: `Remove the key ${key.attributes.name}?`, yes: 'Remove', text: 'Whatever uses it gets no answer any more, from its next request on.',
    work: async () => { await call('DELETE', `/api-keys/${key.id}`, { version: key.attributes.version }); await again(); form.done = `The key ${key.attributes.name} is removed.`; form.draw(); } });
  /** @param {any} key */
  const row = (key) => {
    const has = key.attributes;
    const organizations = key.relationships.organizations.data.length;
    return [has.name, html`${has['role-name']}<br><small>${has['all-organizations'] ? 'all organizations' : `${organizations} of the organizations`}</small>`,
      html`${has['created-by-name']}<br><small>${when(has['created-at'])}</small>`, has['last-used-at'] ? when(has['last-used-at']) : 'never',
      has['expires-at'] ? html`<span class=${Date.parse(has['expires-at']) < Date.now() ? 'tone fault' : ''}>${when(has['expires-at'])}</span>` : 'no end',
      html`<div class="row-actions"><button class="second small" aria-label="Remove the key ${has.name}" @click=${() => remove(key)}>Remove</button></div>`];
  };
  const show = () => page.show('API keys', html`<div class="beside"><p class="hint">A program calls the API with one of these, in the header <code>x-api-key</code>.</p><button @click=${make}>+ New</button></div>
    ${summary(form)}${outcome(form)}${answer.data.length ? html`<div class="panel">${table('API keys', ['Name', 'Role', 'Made by', 'Last used', 'Ends', ''], answer.data.map(row))}</div>${pager(page, answer.meta)}`
      : none(page, 'No keys yet.', false)}${nothing}`);
  show();
}
