// @ts-check
/** The groups: users together with the organizations that they get through it. */
import { html, nothing } from '../lib/lit-html.js';
import { list } from '../api.js';
import { Form, summary } from '../parts/form.js';
import { filters, none, pager, reading, search, table } from '../parts/list.js';
import { counted } from '../words.js';

/** @param {import('../main.js').Page} page */
export default async function groups(page) {
  const wanted = { 'filter[search]': page.query.get('search') ?? undefined, sort: 'name' };
  let answer = page.kept.answer;
  const form = new Form(() => show());
  /** Rows say how many; who they are comes with one group alone. @param {any} group @param {string} what */
  const many = (group, what) => group.relationships[what].meta?.count ?? group.relationships[what].data.length;
  /** @param {any} group */
  const row = (group) => [html`<a href=${page.path(`groups/${group.id}`)}>${group.attributes.name}</a><small>${group.attributes.description}</small>`,
    counted(many(group, 'users'), 'member'), counted(many(group, 'organizations'), 'organization')];
  const show = () => page.show('Groups', html`<div class="beside">${filters(page, search(page, 'Name'))}<a class="button" href=${page.path('groups/new')}>+ New</a></div>${summary(form)}
    ${answer?.data.length ? html`<div class="panel">${table('Groups', ['Name', 'Members', 'Organizations'], answer.data.map(row))}</div>${pager(page, answer.meta)}`
      : answer ? none(page, 'No groups yet. A group gives its members organizations together; put each client’s people into one.', !!page.query.get('search')) : nothing}`);
  await reading(page, form, show, async () => { answer = page.kept.answer = await list('/groups', wanted, page.query); });
}
