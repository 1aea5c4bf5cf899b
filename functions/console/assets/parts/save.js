// @ts-check
/** Saving what was changed, against the version that was read. If somebody else was quicker, the person says which value stays. */
import { html } from '../lib/lit-html.js';
import { Refused, call, get, resource } from '../api.js';
import { forget } from '../names.js';
import { since } from '../words.js';
import { ask, sure } from './dialog.js';

/** What a resource says, as far as these names go. @param {any} resource @param {string[]} names @param {string[]} [related] @returns {State} */
export const stateOf = ({ type, id, attributes, relationships }, names, related = []) => ({ type, id, version: attributes.version,
  attributes: Object.fromEntries(names.map((name) => [name, attributes[name] ?? null])),
  related: Object.fromEntries(related.map((name) => [name, relationships[name].data
    .filter((/** @type {any} */ to) => !to.meta || to.meta.via.includes('direct')).map((/** @type {any} */ to) => to.id)])) });

/** @param {string[]} from @param {string[]} to */
const sameIds = (from, to) => from.length === to.length && from.every((id) => to.includes(id));
const shown = (/** @type {any} */ value) => (value === null || value === '' ? '–' : value === true ? 'yes' : value === false ? 'no' : String(value));

/**
 * Sends what differs. Answers the resource as it is then, or null if nothing differed.
 * @param {string} path @param {State} before @param {Mine} mine
 * @param {Record<string, string>} words a word for each attribute, for the question whose value stays
 * @returns {Promise<any>}
 */
async function save(path, before, mine, words) {
  const attributes = Object.fromEntries(Object.entries(mine.attributes ?? {}).filter(([name, value]) => String(value
    ?? '') !== String(before.attributes[name] ?? '')));
  const related = Object.fromEntries(Object.entries(mine.related ?? {}).filter(([name, ids]) => !sameIds(before.related?.[name] ?? [], ids)));
  // Who changes from IT Glue to MyGlue, or back, gets everything anew.
  if ('my-glue' in attributes) { Object.assign(attributes, mine.attributes); Object.assign(related, mine.related); }
  if (!Object.keys(attributes).length && !Object.keys(related).length) return null;
  try {
    const { data } = await call('PATCH', path, { data: resource(before.type, attributes, Object.keys(related).length ? related : undefined, before.id),
      version: before.version });
    return data;
  } catch (refused) {
    if (!(refused instanceof Refused) || refused.status !== 412) throw refused;
  }
  const { data } = await get(path);
  const now = stateOf(data, Object.keys(before.attributes), Object.keys(before.related ?? {}));
  const clashes = Object.keys(attributes).filter((name) => now.attributes[name] !== before.attributes[name] && now.attributes[name] !== attributes[name]);
  const who = await get('/logs', { 'filter[resource-id]': before.id, 'filter[action]': 'update', 'filter[outcome]': 'allowed',
    'page[size]': '1' }).catch(() => null);
  const last = who?.data[0]?.attributes;
  const chosen = await ask('Changed in the meantime', (close) => html`<p>${last?.['user-name'] ?? 'Somebody'} changed this ${last ? since(last['created-at'])
    : 'a moment ago'}.
    ${clashes.length ? 'Both of you changed:' : 'Your changes are about something else, so both can stay.'}</p>
    <form @submit=${(/** @type {any} */ event) => { event.preventDefault(); close(Object.fromEntries(new FormData(event.currentTarget))); }}>
    ${clashes.map((name) => html`<fieldset><legend>${words[name] ?? name}</legend>
      <label class="tick"><input type="radio" name=${name} value="mine" checked><span>Take mine: <b>${shown(attributes[name])}</b></span></label>
      <label class="tick"><input type="radio" name=${name} value="theirs"><span>Take theirs: <b>${shown(now.attributes[name])}</b></span></label></fieldset>`)}
    <div class="actions"><button type="button" class="second" @click=${() => close()}>Back to the form</button><button>Save</button></div></form>`);
  if (!chosen) throw new Refused(412, [{ code: 'stale-version', detail: 'Somebody else changed this. Your changes are not saved yet.' }]);
  for (const name of clashes) if (chosen[name] === 'theirs') delete attributes[name];
  // Of lists both stay: what I added and took away, on what they have now.
  for (const [name, ids] of Object.entries(related)) {
    const was = before.related?.[name] ?? [];
    related[name] = [...new Set([...(now.related?.[name] ?? []).filter((id) => !was.includes(id) || ids.includes(id)),
      ...ids.filter((id) => !was.includes(id))])];
  }
  return (await save(path, now, { attributes, related }, words)) ?? data;
}

/**
 * Saves what a form says, and tells it what became of that. Answers the resource as it is then, or null if there was nothing to change.
 * @param {Page} page @param {Form} form @param {string} path @param {State} before @param {Mine} mine @param {Record<string, string>} words
 * @param {string} [done] what to say beside "Saved."
 */
export async function keep(page, form, path, before, mine, words, done = '') {
  const saved = await save(path, before, mine, words);
  page.dirty = false;
  form.done = saved ? `Saved. ${done}` : 'There was nothing to change.';
  if (before.type === 'groups' || before.type === 'organizations') forget(before.type);
  return saved;
}

/** Makes one and goes to its page. @param {Page} page @param {Form} form @param {'groups' | 'organizations'} type @param {Mine} mine */
export async function make(page, form, type, mine) {
  const data = resource(type, mine.attributes ?? {}, mine.related);
  const { data: made } = await call('POST', `/${type}`, { data, key: form.key(data) });
  page.dirty = false;
  forget(type);
  page.go(page.path(`${type}/${made.id}`), true);
}

/** Removes one, if that is meant, and goes back to the others. @param {Page} page @param {any} one @param {unknown} text */
export async function remove(page, { type, id, attributes: has }, text) {
  if (!(await sure(`Remove ${has.name}?`, text, 'Remove', () => call('DELETE', `/${type}/${id}`, { version: has.version })))) return;
  page.dirty = false;
  forget('groups');
  forget('organizations');
  page.go(page.path(type));
}
