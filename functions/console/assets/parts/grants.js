// @ts-check
/** What access consists of: a role, groups, organizations. The same for a user, an account that is let in, and a key. */
import { html, nothing } from '../lib/lit-html.js';
import { me } from '../session.js';
import { byIds, groups, organizations, searching } from '../names.js';
import { ROLES, counted, rank } from '../words.js';
import { choice, tick } from './form.js';
import { picker } from './picker.js';

/** How many organizations a Lite user sees at most, sub-organizations counted. */
const LITE = 5;

/** @param {{role: string, groups?: string[], organizations?: string[], all?: boolean}} has @returns {Promise<Grants>} */
export async function grants({ role, groups: chosen = [], organizations: ids = [], all = false }) {
  const [known, { rows }] = await Promise.all([groups(), organizations()]);
  return { role, groups: chosen, all, known, names: rows, picked: byIds(ids, rows).map(({ id, name }) => ({ id, name })) };
}

/** Organizations that come with the chosen groups, each with those groups' names. @param {Grants} grant */
function inherited(grant) {
  const found = new Map();
  for (const group of grant.known.filter(({ id }) => grant.groups.includes(id))) {
    for (const id of group.organizations ?? []) found.set(id, [...(found.get(id) ?? []), group.name]);
  }
  return [...found].filter(([id]) => !grant.picked.some((row) => row.id === id))
    .map(([id, names]) => ({ ...byIds([id], grant.names)[0], hint: `through ${names.join(', ')}` }));
}

/** @param {Grants} grant */
export function amount(grant) {
  const count = grant.picked.length + inherited(grant).length;
  if (grant.all) return 'All organizations, including future ones.';
  if (!count) return 'None yet. Choose at least one, here or by a group.';
  if (grant.role !== 'Lite') return counted(count, 'organization');
  const over = count - LITE;
  return over > 0 ? html`<b class="tone fault">${count} of ${LITE}. A Lite user sees at most five organizations, sub-organizations counted. Take ${over} away,
    or choose
    another role.</b>` : `${count} of ${LITE}`;
}

/** What the API takes for it. @param {Grants} grant */
export const granted = (grant) => ({ groups: grant.groups, organizations: grant.all ? [] : grant.picked.map(({ id }) => id) });

/**
 * @param {Form} form @param {Grants} grant
 * @param {{roles?: string, most?: string, least?: string, name?: string, groups?: boolean, role?: boolean, access?: boolean}} [how]
 */
export function grantFields(form, grant, { roles = 'Role', most = me.role, least = 'Lite', name = 'role-name', groups: withGroups = true, role: withRole = true,
  access = true } = {}) {
  const set = (/** @type {Partial<Grants>} */ changed) => { Object.assign(grant, changed); form.draw(); };
  return html`${withRole ? html`<div class="panel">${choice(form, name, roles, [grant.role],
    ROLES.filter(([role]) => rank(role) <= rank(most) && rank(role) >= rank(least))
      .map(([role, hint]) => [role, role, hint]), { change: ([role]) => set({ role, all: role === 'Lite' ? false : grant.all }) })}</div>` : nothing}
    ${withGroups && access ? html`<div class="panel">${grant.known.length ? choice(form, 'groups', 'Groups', grant.groups,
      grant.known.map((group) => [group.id, group.name,
      counted(group.organizations?.length ?? 0, 'organization')]), { many: true, change: (chosen) => set({ groups: chosen }) })
      : html`<p class="hint">No groups yet. A group gives its members organizations together.</p>`}</div>` : nothing}
    ${access ? html`<div class="panel">${grant.role === 'Lite' ? nothing : tick('all-organizations', 'Allow all organizations, current and future', grant.all,
      (all) => set({ all }))}
      ${grant.all ? nothing : picker(form, 'organizations', 'Organizations', { picked: grant.picked, inherited: inherited(grant),
        search: searching('organizations'),
        change: (picked) => set({ picked }), count: amount(grant) })}</div>` : nothing}`;
}
