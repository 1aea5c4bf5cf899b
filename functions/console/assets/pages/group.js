// @ts-check
/** One group, or a new one: its members and its organizations, side by side. */
import { html, nothing } from '../lib/lit-html.js';
import { get } from '../api.js';
import { byIds, forget, organizations, searching } from '../names.js';
import { Form, actions, input, outcome, summary } from '../parts/form.js';
import { picker } from '../parts/picker.js';
import { keep, make, remove, stateOf } from '../parts/save.js';
import { counted } from '../words.js';

const KEPT = 'denied-resource-types';

/** @param {Page} page */
export default async function group(page) {
  const path = `/groups/${page.id}`;
  const [answer, { rows }] = await Promise.all([page.id ? get(path, { include: 'users,organizations' }) : null, organizations()]);
  let group = answer?.data;
  const included = (answer?.included ?? []).map((/** @type {any} */ { id, attributes: has }) => ({ id, name: has.name,
    hint: has.email === has.name ? undefined : has.email }));
  /** @type {State} */ let before;
  /** @type {Record<'users' | 'organizations', Row[]>} */
  const picked = { users: [], organizations: [] };
  const begin = () => {
    before = stateOf(group, ['name', 'description', KEPT], ['users', 'organizations']);
    const known = [...picked.users, ...picked.organizations, ...included, ...rows];
    picked.users = byIds(before.related?.users ?? [], known);
    picked.organizations = byIds(before.related?.organizations ?? [], known).map(({ id, name }) => ({ id, name }));
  };
  if (group) begin();
  // Somebody may have been invited since they were looked for.
  forget('users');
  const form = new Form(() => show());

  const send = (/** @type {Event} */ event) => form.submit(event, async (fields) => {
    const kept = /** @type {string | null} */ (fields.get(KEPT));
    const types = kept === null ? {} : { [KEPT]: kept.split(',').map((type) => type.trim()).filter(Boolean) };
    const mine = { attributes: { name: fields.get('name'), description: fields.get('description'), ...types },
      related: { users: picked.users.map(({ id }) => id), organizations: picked.organizations.map(({ id }) => id) } };
    if (!group) return make(page, form, 'groups', mine);
    const saved = await keep(page, form, path, before, mine, { name: 'Name', description: 'Description', [KEPT]: 'Asset types denied to the members' },
      'It applies from the members’ next request.');
    if (saved) { group = saved; begin(); }
  });
  const gone = () => remove(page, group, `${counted(picked.users.length, 'member')} lose what they only have through this group. No user is removed.`);
  const half = (/** @type {'users' | 'organizations'} */ what, /** @type {string} */ label,
    /** @type {string} */ one) => html`<div class="panel">${picker(form, what, label,
    { picked: picked[what], search: searching(what), count: counted(picked[what].length, one),
      change: (rows) => { picked[what] = rows; page.dirty = true; form.draw(); } })}</div>`;
  const kept = () => {
    const types = group?.attributes[KEPT].join(', ') ?? '';
    return page.may('Administrator') ? input(form, KEPT, 'Asset types denied to the members', { value: types,
      hint: 'As the applications name them, separated by commas: “passwords, contracts”. Members have no access to these anywhere.' })
      : types ? html`<p class="hint">Denied to the members: ${types}.</p>` : nothing;
  };
  const show = () => page.show(group?.attributes.name ?? 'New group', html`${summary(form)}${outcome(form)}<form class="stack" data-kept @submit=${send}>
    <div class="panel">${input(form, 'name', 'Name', { value: group?.attributes.name, required: true })}${input(form, 'description',
      'Description', { value: group?.attributes.description })}${kept()}</div>
    <div class="sides">${half('users', 'Members', 'member')}${half('organizations', 'Organizations', 'organization')}</div>
    ${actions(form, 'Save', html`${group ? html`<a class="button second" href=${page.path(`users/new?group=${group.id}`)}>Invite into this group</a>
      <button type="button" class="danger" @click=${gone}>Remove</button>` : nothing}<a class="button second"
        href=${page.path('groups')}>Cancel</a>`)}</form>`);
  show();
}
