// @ts-check
/** The organizations: as a tree, and beyond two hundred as a flat list. */
import { html, nothing } from '../lib/lit-html.js';
import { get, list } from '../api.js';
import { summary } from '../parts/form.js';
import { filters, listing, rows, search } from '../parts/list.js';
import { me } from '../session.js';
import { counted } from '../words.js';

const MOST = 200;

/** @param {Page} page */
export default async function organizations(page) {
  const sought = page.query.get('search') ?? undefined;
  const link = (/** @type {any} */ { id, attributes: has }) => html`<a href=${page.path(`organizations/${id}`)}>${has.name}</a>`;
  /** @param {any[]} all @param {string | null} parent @returns {unknown} */
  const branch = (all, parent) => all.filter(({ attributes: has }) => (all.some(({ id }) => id === has['parent-id']) ? has['parent-id'] : null)
    === parent).map((one) => {
    const below = all.filter(({ attributes }) => attributes['parent-id'] === one.id).length;
    return html`<li>${link(one)} <small>${[one.attributes['short-name'], one.attributes.description].filter(Boolean).join(' · ')}</small>
      ${below ? html`<details open><summary>${counted(below, 'sub-organization')}</summary><ul>${branch(all, one.id)}</ul></details>` : nothing}</li>`;
  });
  // Whoever may create at all may create an organization if all of them are granted; the API says whether they are.
  const may = !me.inside && !['Lite', 'Read-only'].includes(me.role);
  const read = async () => {
    const wanted = { 'filter[search]': sought, sort: 'name' };
    const answer = await get('/organizations', { ...wanted, 'page[size]': String(MOST) });
    return answer.meta['total-count'] > MOST ? list('/organizations', wanted, page.query) : answer;
  };
  await listing(page, 'Organizations', read, (answer, form) => html`<div class="beside">${filters(page, search(page, 'Name or short name'))}
      ${may ? html`<a class="button" href=${page.path('organizations/new')}>+ New</a>` : nothing}</div>${summary(form)}
    ${answer.data.length && answer.meta['total-count'] <= MOST ? html`<div class="panel"><ul class="tree">${branch(answer.data, null)}</ul></div>`
      : rows(page, answer, 'Organizations', ['Name', 'Short name', 'Description'], (one) => [link(one), one.attributes['short-name'],
        one.attributes.description],
        may ? 'No organizations yet. Add your first client.' : 'You have no access to an organization yet.', !!sought)}`);
}
