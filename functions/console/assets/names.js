// @ts-check
/** The names of organizations and groups, read once for this tab: up to a thousand. What fits what is typed, the server says. */
import { get } from './api.js';

/** @typedef {'organizations' | 'groups' | 'users'} What */
/** What was read, by its address. @type {Map<string, Promise<{rows: Named[], total: number}>>} */
const kept = new Map();

/** @param {any} one @returns {Named} */
const named = ({ id, attributes: has, relationships }) => ({ id, name: has.name, hint: (has.email === has.name ? '' : has.email) || has['short-name']
  || undefined, parent: has['parent-id'],
  organizations: relationships?.organizations?.data?.map((/** @type {any} */ to) => to.id) });

/** @param {What} what @param {Record<string, string>} query */
function read(what, query) {
  const address = `${what}?${new URLSearchParams(query)}`;
  const there = kept.get(address) ?? get(`/${what}`, { sort: 'name', ...query })
    .then(({ data, meta }) => ({ rows: data.map(named), total: meta['total-count'] ?? data.length }));
  kept.set(address, there);
  there.catch(() => kept.delete(address));
  return there;
}

export const organizations = () => read('organizations', { 'page[size]': '1000' });
export const groups = () => read('groups', { 'page[size]': '1000', include: 'organizations' }).then(({ rows }) => rows);

/** What this tab changed is read anew. @param {What} what */
export const forget = (what) => { for (const address of kept.keys()) if (address.startsWith(what)) kept.delete(address); };

/** What fits, for a combobox: the first ones, and from two letters on those that the server finds. @param {What} what @returns {Search} */
export const searching = (what) => (text) => (text.length > 1 ? read(what, { 'filter[search]': text, 'page[size]': '50' })
  : what === 'organizations' ? organizations() : read(what, { 'page[size]': '50' }));

/** @param {Named[]} rows @returns {(id: string) => string | undefined} */
export const nameIn = (rows) => (id) => rows.find((row) => row.id === id)?.name;

/** Rows for ids; an id whose name is not known here stands for itself. @param {string[]} ids @param {Named[]} rows @returns {Named[]} */
export const byIds = (ids, rows) => ids.map((id) => rows.find((row) => row.id === id) ?? { id, name: `No. ${id}` });
