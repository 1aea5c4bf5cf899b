// @ts-check
/** The names of organizations and groups, read once for this tab: up to a thousand; beyond that the server is asked for what fits. */
import { get } from './api.js';

const MOST = 1000;
/** @typedef {import('./parts/picker.js').Row & {parent?: string | null, organizations?: string[], users?: number}} Named */
/** @type {Map<string, Promise<{rows: Named[], total: number}>>} */
const kept = new Map();

/** @param {any} one @returns {Named} */
const named = ({ id, attributes, relationships }) => ({ id, name: attributes.name, hint: attributes['short-name'] || undefined,
  parent: attributes['parent-id'], organizations: relationships?.organizations?.data?.map((/** @type {any} */ to) => to.id) });

/** @param {string} path @param {Record<string, string>} query */
async function read(path, query) {
  const { data, meta } = await get(path, { 'page[size]': String(MOST), sort: 'name', ...query });
  return { rows: data.map(named), total: meta['total-count'] ?? data.length };
}

/** @param {'organizations' | 'groups'} what */
function all(what) {
  const there = kept.get(what) ?? read(`/${what}`, what === 'groups' ? { include: 'organizations' } : {});
  kept.set(what, there);
  there.catch(() => kept.delete(what));
  return there;
}

/** What this tab changed is read anew. @param {'organizations' | 'groups'} what */
export const forget = (what) => kept.delete(what);
export const groups = () => all('groups').then(({ rows }) => rows);
export const organizations = () => all('organizations');

/** Letters without case and accents. @param {string} text */
export const plain = (text) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

/** What fits, for a combobox. @param {'organizations' | 'groups'} what @returns {(text: string) => Promise<{rows: Named[], total: number}>} */
export const searching = (what) => async (text) => {
  const { rows, total } = await all(what);
  if (total > MOST && text.length > 1) return read(`/${what}`, { 'filter[search]': text, 'page[size]': '50' });
  const fits = rows.filter((/** @type {Named} */ row) => plain(row.name + ' ' + (row.hint ?? '')).includes(plain(text)));
  return { rows: fits.slice(0, 50), total: total > MOST ? total : fits.length };
};

/** Users that fit. @param {string} text */
export async function people(text) {
  const { data, meta } = await get('/users', { 'page[size]': '20', sort: 'name', 'filter[search]': text.length > 1 ? text : undefined });
  return { rows: data.map((/** @type {any} */ { id, attributes: has }) => ({ id, name: has.name, hint: has.email })), total: meta['total-count'] };
}

/** @param {Named[]} rows @returns {(id: string) => string | undefined} */
export const nameIn = (rows) => (id) => rows.find((row) => row.id === id)?.name;

/** Rows for ids; an id whose name is not known here stands for itself. @param {string[]} ids @param {Named[]} rows @returns {Named[]} */
export const byIds = (ids, rows) => ids.map((id) => rows.find((row) => row.id === id) ?? { id, name: `No. ${id}` });
