// @ts-check
/** The organizations: as a tree, and beyond two hundred as a flat list. */
import { html, nothing } from '../lib/lit-html.js';
import { get, list } from '../api.js';
import { Form, summary } from '../parts/form.js';
import { filters, none, pager, reading, search, table } from '../parts/list.js';
import { me } from '../session.js';
import { counted } from '../words.js';

const MOST = 200;

/** @param {import('../main.js').Page} page */
export default async function organizations(page) {
  const text = page.query.get('search') ?? undefined;
  let answer = page.kept.answer;
  const form = new Form(() => show());
  const name = (/** @type {any} */ one) => html`<a href=${page.path(`organizations/${one.id}`)}>${one.attributes.name}</a>
    <small>${[one.attributes['short-name'], one.attributes.description].filter(Boolean).join(' · ')}</small>`;
  /** @param {any[]} all @param {string | null} parent @returns {unknown} */
  const branch = (all, parent) => all.filter(({ attributes: has }) => (all.some(({ id }) => id === has['parent-id']) ? has['parent-id'] : null) === parent).map((one) => {
    const below = all.filter(({ attributes }) => attributes['parent-id'] === one.id).length;
    return html`<li>${name(one)}${below ? html`<details open><summary>${counted(below, 'sub-organization')}</summary><ul>${branch(all, one.id)}</ul></details>` : nothing}</li>`;
  });
  const flat = () => html`<div class="panel">${table('Organizations', ['Name', 'Short name', 'Description'], answer.data.map((/** @type {any} */ one) => [
    html`<a href=${page.path(`organizations/${one.id}`)}>${one.attributes.name}</a>`, one.attributes['short-name'], one.attributes.description]))}</div>${pager(page, answer.meta)}`;
  // Whoever may create at all may create an organization if all of them are granted; the API says whether they are.
  const may = !me.inside && !['Lite', 'Read-only'].includes(me.role);
  const show = () => page.show('Organizations', html`<div class="beside">${filters(page, search(page, 'Name or short name'))}
      ${may ? html`<a class="button" href=${page.path('organizations/new')}>+ New</a>` : nothing}</div>${summary(form)}
    ${!answer ? nothing : !answer.data.length ? none(page, may ? 'No organizations yet. Add your first customer.' : 'No organization is open to you yet.', !!text)
      : answer.meta['total-count'] > MOST ? flat() : html`<div class="panel"><ul class="tree">${branch(answer.data, null)}</ul></div>`}`);
  await reading(page, form, show, async () => {
    const wanted = { 'filter[search]': text, sort: 'name' };
    answer = await get('/organizations', { ...wanted, 'page[size]': String(MOST) });
    if (answer.meta['total-count'] > MOST) answer = await list('/organizations', wanted, page.query);
    page.kept.answer = answer;
  });
}
