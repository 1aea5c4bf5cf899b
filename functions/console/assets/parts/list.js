// @ts-check
/** Lists: filters that stand in the address, rows, pages. */
import { html, nothing } from '../lib/lit-html.js';
import { counted } from '../words.js';
import { Form } from './form.js';

/** The address with some of its filters changed; empty ones go. @param {URL} url @param {Record<string, string>} changed */
export function filtered(url, changed) {
  const next = new URL(url);
  next.searchParams.delete('page');
  for (const [name, value] of Object.entries(changed)) value ? next.searchParams.set(name, value) : next.searchParams.delete(name);
  return next.pathname + next.search;
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let pause;
/**
 * A form whose fields are the address's filters. What is typed counts after a pause and from two letters on, since each list read is
 * an entry in the log.
 * @param {Page} page @param {unknown} fields
 */
export function filters(page, fields) {
  const now = (/** @type {HTMLFormElement} */ form) => page.go(filtered(page.url, /** @type {any} */ (Object.fromEntries(new FormData(form)))), true);
  // Fields follow the address, unless somebody is at them.
  queueMicrotask(() => {
    const form = /** @type {HTMLFormElement | null} */ (document.querySelector('.filters'));
    if (!form?.contains(document.activeElement)) form?.reset();
  });
  return html`<form class="filters" role="search" @submit=${(/** @type {any} */ event) => { event.preventDefault(); now(event.currentTarget); }}
    @change=${(/** @type {any} */ event) => { if (event.target.type !== 'search') now(event.currentTarget); }}
    @input=${(/** @type {any} */ event) => {
      const { target, currentTarget } = event;
      clearTimeout(pause);
      if (target.type === 'search' && target.value.trim().length !== 1) pause = setTimeout(() => now(currentTarget), 250);
    }}>${fields}</form>`;
}

/** @param {Page} page @param {string} label */
export const search = (page, label) => html`<label class="grow"><span>${label}</span><input type="search" name="search" value=${page.query.get('search')
  ?? ''}></label>`;

/** @param {Page} page @param {string} name @param {string} label @param {string} all @param {readonly (readonly [string, string])[]} options */
export const filter = (page, name, label, all, options) => html`<label><span>${label}</span><select name=${name}>
  <option value="">${all}</option>${options.map(([key, word]) => html`<option value=${key} ?selected=${page.query.get(name)
    === key}>${word}</option>`)}</select></label>`;

/**
 * @param {string} caption @param {string[]} heads @param {unknown[][]} rows each with a cell for each head; the first is the row's name
 */
export const table = (caption, heads, rows) => html`<table><caption class="unseen">${caption}</caption><thead><tr>
  ${heads.map((head) => html`<th scope="col">${head || html`<span class="unseen">Actions</span>`}</th>`)}</tr></thead>
  <tbody>${rows.map((cells) => html`<tr>${cells.map((cell, at) => (at ? html`<td data-head=${heads[at]}>${cell}</td>`
    : html`<th scope="row">${cell}</th>`))}</tr>`)}</tbody></table>`;

/**
 * A page that shows a list once it is read. Rows that stand there already stay while others are read, and if that fails.
 * @param {Page} page @param {string} title @param {() => Promise<any>} read @param {(answer: any, form: Form) => unknown} body
 */
export async function listing(page, title, read, body) {
  const form = new Form(() => page.show(title, body(page.kept.answer, form)));
  const again = async () => { page.kept.answer = await read(); };
  if (page.kept.answer) return form.submit(null, again);
  await again();
  form.draw();
}

/** What stands where rows would. @param {Page} page @param {string} empty when there is none at all @param {boolean} [narrowed] */
export const none = (page, empty, narrowed) => html`<p class="empty">${narrowed
  ? html`Nothing fits this search. <a href=${page.url.pathname}>Clear</a>` : empty}</p>`;

/**
 * The rows of an answer with the way to its other pages, or that there are none.
 * @param {Page} page @param {any} answer @param {string} caption @param {string[]} heads @param {(one: any) => unknown[]} cells
 * @param {string} empty @param {boolean} [narrowed]
 */
export const rows = (page, { data, meta }, caption, heads, cells, empty, narrowed) => (data.length
  ? html`<div class="panel">${table(caption, heads, data.map(cells))}</div>${pager(page, meta ?? {})}` : none(page, empty, narrowed));

/** Facts with their names; what is empty is left out. @param {[string, unknown][]} pairs */
export const facts = (pairs) => html`<dl class="facts">${pairs.map(([name, value]) => (value ? html`<dt>${name}</dt><dd>${value}</dd>` : nothing))}</dl>`;

/** A button of a row, which says whose it is to those who do not see the row. @param {string} word @param {string} label @param {() => unknown} click */
export const small = (word, label, click) => html`<button class="second small" aria-label=${label} @click=${click}>${word}</button>`;

/** @param {Page} page @param {any} meta */
function pager(page, { 'current-page': at, 'total-pages': pages, 'total-count': total }) {
  if (!pages || pages < 2) return nothing;
  const to = (/** @type {number} */ number) => filtered(page.url, { page: String(number) });
  const near = [...new Set([1, at - 1, at, at + 1, pages])].filter((number) => number >= 1 && number <= pages);
  return html`<nav class="pager" aria-label="Pages"><span class="hint">${counted(total, 'row')}</span>
    ${near.map((number, index) => html`${index && number > near[index - 1] + 1 ? '…' : nothing}
      <a href=${to(number)} aria-current=${number === at ? 'page' : nothing} aria-label="Page ${number}">${number}</a>`)}
    ${at < pages ? html`<a href=${to(at + 1)}>Next</a>` : nothing}</nav>`;
}

/** @param {string} label @param {[string, string, boolean, unknown?][]} tabs address, word, whether it is the current one, count */
export const tabs = (label, tabs) => html`<nav class="tabs" aria-label=${label}>${tabs.map(([href, word, current, count]) => html`<a href=${href}
  aria-current=${current ? 'page' : nothing}>${word}${count === undefined ? nothing : html` <b>${count}</b>`}</a>`)}</nav>`;
