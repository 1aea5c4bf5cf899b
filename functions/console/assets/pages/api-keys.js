// @ts-check
/** The keys with which programs call the API. A key is shown once. */
import { html } from '../lib/lit-html.js';
import { call, list, resource } from '../api.js';
import { ask, asks, sure } from '../parts/dialog.js';
import { Form, input, outcome, summary, tick } from '../parts/form.js';
import { grantFields, granted, grants } from '../parts/grants.js';
import { rows, small } from '../parts/list.js';
import { endOf, when } from '../words.js';

/** @param {Page} page */
export default async function keys(page) {
  const read = () => list('/api-keys', { sort: 'name' }, page.query);
  let answer = await read();
  const again = async () => { answer = await read(); };
  const form = new Form(() => show());

  /** Stays until its reader says that it is kept. @param {any} key */
  const shown = (key) => {
    let kept = false;
    let copied = '';
    return ask('Keep this key', (close, draw) => html`<p>This is the key “${key.attributes.name}”. It is shown now and never again.</p>
      <div class="secret"><input readonly aria-label="The key" value=${key.attributes.key} @focus=${(/** @type {any} */ event) => event.target.select()}>
      <button type="button" class="second" @click=${async (/** @type {any} */ event) => {
        const field = event.currentTarget.previousElementSibling;
        await navigator.clipboard.writeText(field.value).then(() => { copied = 'Copied.'; },
          () => { field.select(); copied = 'Press Ctrl+C, or Cmd+C, to copy it.'; });
        draw();
      }}>Copy</button></div><p role="status" class="hint">${copied}</p>${tick('kept', 'I have kept it', false, (checked) => { kept = checked; draw(); })}
      <div class="actions"><button ?disabled=${!kept} @click=${() => close()}>Close</button></div>`, { stay: true });
  };
  const make = async () => {
    const grant = await grants({ role: 'Read-only' });
    const made = await asks('New API key', { yes: 'Create the key',
      body: (form) => html`${input(form, 'name', 'Name', { required: true, hint: 'What uses it: “Nightly export”, for one.' })}${grantFields(form,
        grant, { groups: false })}
        ${input(form, 'expires-at', 'Ends on', { type: 'date', hint: 'If left empty, it expires in a year.' })}`,
      work: async (fields, form) => {
        const ends = endOf(fields.get('expires-at'));
        const data = resource('api-keys', { name: fields.get('name'), 'role-name': grant.role, 'all-organizations': grant.all,
          ...(ends && { 'expires-at': ends }) },
          { organizations: granted(grant).organizations });
        return (await call('POST', '/api-keys', { data, key: form.key(data) })).data;
      } });
    if (!made) return;
    // An answer that is repeated no longer holds the key.
    if (made.attributes.key) await shown(made);
    await form.submit(null, async () => { await again(); form.done = made.attributes.key ? `The key ${made.attributes.name} works now.`
      : `The key ${made.attributes.name} was made, but its answer was lost. Remove it and make another.`; });
  };
  const remove = (/** @type {any} */ key) => sure(`Remove the key ${key.attributes.name}?`,
    'Programs that use it lose access with their next request.', 'Remove',
    async () => { await call('DELETE', `/api-keys/${key.id}`, { version: key.attributes.version }); await again();
      form.done = `The key ${key.attributes.name} is removed.`; form.draw(); });
  /** @param {any} key */
  const row = (key) => {
    const has = key.attributes;
    const organizations = key.relationships.organizations.data.length;
    return [has.name, html`${has['role-name']}<small>${has['all-organizations'] ? 'all organizations' : `${organizations} of the organizations`}</small>`,
      html`${has['created-by-name']}<small>${when(has['created-at'])}</small>`, has['last-used-at'] ? when(has['last-used-at']) : 'never',
      has['expires-at'] ? html`<span class=${Date.parse(has['expires-at']) < Date.now() ? 'tone fault' : ''}>${when(has['expires-at'])}</span>` : 'no end',
      html`<div class="row-actions">${small('Remove', `Remove the key ${has.name}`, () => remove(key))}</div>`];
  };
  const show = () => page.show('API keys', html`<div class="beside"><p class="hint">A program calls the API with one of these,
    in the header <code>x-api-key</code>.</p><button @click=${make}>+ New</button></div>
    ${summary(form)}${outcome(form)}${rows(page, answer, 'API keys', ['Name', 'Role', 'Created by', 'Last used', 'Ends', ''], row, 'No keys yet.')}`);
  show();
}
