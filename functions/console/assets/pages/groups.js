// @ts-check
/** The groups: users together with the organizations that they get through it. */
import { html } from '../lib/lit-html.js';
import { list } from '../api.js';
import { summary } from '../parts/form.js';
import { filters, listing, rows, search } from '../parts/list.js';
import { counted } from '../words.js';

/** Rows say how many; who they are comes with one group alone. @param {any} group @param {string} what */
const many = (group, what) => group.relationships[what].meta?.count ?? group.relationships[what].data.length;

/** @param {Page} page */
export default async function groups(page) {
  const sought = page.query.get('search') ?? undefined;
  /** @param {any} group */
  const cells = (group) => [html`<a href=${page.path(`groups/${group.id}`)}>${group.attributes.name}</a><small>${group.attributes.description}</small>`,
    counted(many(group, 'users'), 'member'), counted(many(group, 'organizations'), 'organization')];
  await listing(page, 'Groups', () => list('/groups', { 'filter[search]': sought, sort: 'name' }, page.query), (answer, form) => html`
    <div class="beside">${filters(page, search(page, 'Name'))}<a class="button" href=${page.path('groups/new')}>+ New</a></div>${summary(form)}
    ${rows(page, answer, 'Groups', ['Name', 'Members', 'Organizations'], cells,
      'No groups yet. A group gives its members organizations together; create one for each client.', !!sought)}`);
}
