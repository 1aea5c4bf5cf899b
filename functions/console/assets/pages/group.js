// @ts-check
/** One group, or a new one: its members and its organizations, side by side. */
import { html, nothing } from '../lib/lit-html.js';
import { call, get, resource } from '../api.js';
import { byIds, forget, organizations, people, searching } from '../names.js';
import { sure } from '../parts/dialog.js';
import { Form, actions, input, outcome, summary } from '../parts/form.js';
import { picker } from '../parts/picker.js';
import { save, stateOf } from '../parts/save.js';
import { counted } from '../words.js';

const KEPT = ['denied-resource-types'];

/** @param {import('../main.js').Page} page */
export default async function group(page) {
  const path = `/groups/${page.id}`;
  const answer = page.id ? await get(path, { include: 'users,organizations' }) : null;
  let group = answer?.data;
  const { rows } = await organizations();
  const included = (answer?.included ?? []).map((/** @type {any} */ { id, attributes: has }) => ({ id, name: has.name, hint: has.email }));
  /** @type {import('../parts/save.js').State | null} */ let before = null;
  /** @type {Record<'users' | 'organizations', import('../parts/picker.js').Row[]>} */
  const picked = { users: [], organizations: [] };
  const begin = () => {
    before = stateOf(group, ['name', 'description', ...KEPT], ['users', 'organizations']);
    const known = [...picked.users, ...picked.organizations, ...included, ...rows];
    picked.users = byIds(before.related?.users ?? [], known);
    picked.organizations = byIds(before.related?.organizations ?? [], known).map(({ id, name }) => ({ id, name }));
  };
  if (group) begin();
  const form = new Form(() => show());
  const ids = (/** @type {import('../parts/picker.js').Row[]} */ rows) => rows.map(({ id }) => id);

  const send = (/** @type {any} */ event) => {
    const fields = new FormData(event.currentTarget);
    const kept = /** @type {string | null} */ (fields.get('denied-resource-types'));
    const mine = { attributes: { name: fields.get('name'), description: fields.get('description'),
      ...(kept === null ? {} : { 'denied-resource-types': kept.split(',').map((type) => type.trim()).filter(Boolean) }) },
      related: { users: ids(picked.users), organizations: ids(picked.organizations) } };
    return form.submit(event, async () => {
      if (before) {
        const saved = await save(path, before, mine, { name: 'Name', description: 'Description', 'denied-resource-types': 'Types kept from the members' });
        if (saved) { group = saved; begin(); }
        form.done = saved ? 'Saved. It binds the members’ next request.' : 'There was nothing to change.';
      } else {
        const data = resource('groups', mine.attributes, mine.related);
        const { data: made } = await call('POST', '/groups', { data, key: form.key(data) });
        page.dirty = false;
        forget('groups');
        return page.go(page.path(`groups/${made.id}`), true);
      }
      page.dirty = false;
      forget('groups');
    });
  };
  const remove = async () => {
    const gone = await sure({ title: `Remove the group ${group.attributes.name}?`, yes: 'Remove', work: () => call('DELETE', path, { version: group.attributes.version }),
      text: html`${counted(before?.related?.users.length ?? 0, 'member')} lose at once what comes through this group alone. Nobody is removed.` });
    if (gone) { page.dirty = false; forget('groups'); page.go(page.path('groups')); }
  };
  const half = (/** @type {'users' | 'organizations'} */ what, /** @type {string} */ label, /** @type {any} */ search, /** @type {string} */ one) => html`<div class="panel">${picker(form, what, label,
    { picked: picked[what], search, count: counted(picked[what].length, one), change: (rows) => { picked[what] = rows; page.dirty = true; form.draw(); } })}</div>`;
  const show = () => page.show(group?.attributes.name ?? 'New group', html`${summary(form)}${outcome(form)}<form class="stack" data-kept @submit=${send}>
    <div class="panel">${input(form, 'name', 'Name', { value: group?.attributes.name, required: true })}${input(form, 'description', 'Description', { value: group?.attributes.description })}
      ${page.may('Administrator') ? input(form, 'denied-resource-types', 'Types kept from the members', { value: group?.attributes['denied-resource-types'].join(', '),
        hint: 'Types of assets as the applications name them, with commas between: “passwords, contracts”. Members reach none of them anywhere in the account.' })
        : group?.attributes['denied-resource-types'].length ? html`<p class="hint">Kept from the members: ${group.attributes['denied-resource-types'].join(', ')}.</p>` : nothing}</div>
    <div class="sides">${half('users', 'Members', people, 'member')}${half('organizations', 'Organizations', searching('organizations'), 'organization')}</div>
    ${actions(form, 'Save', html`${group ? html`<a class="button second" href=${page.path(`users/new?group=${group.id}`)}>Invite into this group</a>
      <button type="button" class="danger" @click=${remove}>Remove</button>` : nothing}<a class="button second" href=${page.path('groups')}>Cancel</a>`)}</form>`);
  show();
}
