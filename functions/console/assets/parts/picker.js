// @ts-check
/** A combobox that asks for what fits, by the ARIA pattern, and the list of what was picked with it. */
import { html, nothing, render } from '../lib/lit-html.js';

class PickOne extends HTMLElement {
  /** @type {Search} */ search = async () => ({ rows: [], total: 0 });
  /** @type {string[]} */ without = [];
  label = '';
  name = '';
  /** @type {Row[] | null} */ #rows = null;
  #wrong = '';
  #total = 0;
  #at = 0;
  #fault = '';
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #pause;

  connectedCallback() { this.draw(); }
  /** The id of what says why this is refused; empty if nothing does. */
  set wrong(/** @type {string} */ id) {
    this.#wrong = id;
    if (this.isConnected) this.draw();
  }
  get #input() { return /** @type {HTMLInputElement} */ (this.querySelector('input')); }

  async #ask() {
    const text = this.#input.value.trim();
    try {
      const { rows, total } = await this.search(text);
      if (text !== this.#input.value.trim()) return;
      this.#rows = rows.filter(({ id }) => !this.without.includes(id));
      this.#fault = '';
      this.#total = total - rows.length + this.#rows.length;
      this.#at = 0;
    } catch (error) {
      this.#fault = /** @type {Error} */ (error).message;
      this.#rows = [];
    }
    this.draw();
  }

  #close() { this.#rows = null; this.draw(); }

  /** @param {Row} row */
  #pick(row) {
    this.#input.value = '';
    this.#close();
    this.dispatchEvent(new CustomEvent('pick', { detail: row }));
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const rows = this.#rows;
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (move) {
      event.preventDefault();
      if (rows?.length) this.#at = (this.#at + move + rows.length) % rows.length; else void this.#ask();
      this.draw();
    } else if (event.key === 'Enter') {
      event.preventDefault();
      if (rows?.[this.#at]) this.#pick(rows[this.#at]);
    } else if (event.key === 'Escape' && rows) {
      event.preventDefault();
      event.stopPropagation();
      this.#close();
    }
  }

  draw() {
    const rows = this.#rows;
    const list = `${this.name}-list`;
    render(html`<div class="combobox"><input id=${this.name} role="combobox" autocomplete="off"
        placeholder="Type a part of its name" aria-expanded=${rows ? 'true' : 'false'} aria-controls=${list} aria-autocomplete="list"
        aria-invalid=${this.#wrong ? 'true' : nothing} aria-describedby=${this.#wrong || nothing}
        aria-activedescendant=${rows?.length ? `${list}-${this.#at}` : nothing}
        @input=${() => { clearTimeout(this.#pause); this.#pause = setTimeout(() => this.#ask(), 250); }}
        @click=${() => this.#ask()} @keydown=${(/** @type {KeyboardEvent} */ event) => this.#press(event)}
        @blur=${() => this.#close()}>
      <ul id=${list} role="listbox" aria-label=${this.label} ?hidden=${!rows}>${rows?.slice(0, 50).map((row, at) => html`<li role="option" id="${list}-${at}"
        aria-selected=${at === this.#at ? 'true' : 'false'} @mousedown=${(/** @type {Event} */ event) => { event.preventDefault(); this.#pick(row); }}>
        ${row.name}${row.hint ? html` <small>${row.hint}</small>` : nothing}</li>`)}
        ${rows && (this.#fault || !rows.length || this.#total > Math.min(rows.length, 50)) ? html`<li class="hint" role="option" aria-disabled="true"
          aria-selected="false">${this.#fault
          || (rows.length ? `${Math.min(rows.length, 50)} of ${this.#total.toLocaleString()}. Type more to find others.` : 'Nothing fits.')}</li>`
            : nothing}</ul></div>`, this);
    this.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  }
}
customElements.define('pick-one', PickOne);

/**
 * What is picked, what comes from elsewhere (greyed), and the way to pick more.
 * @param {Form} form @param {string} name @param {string} label
 * @param {{picked: Row[], inherited?: Row[], search: Search, change: (picked: Row[]) => void, count?: unknown}} what
 */
export const picker = (form, name, label, { picked, inherited = [], search, change, count }) => html`<div class="field picks"><label
  for=${name}>${label}</label>
  <ul class="chips" aria-label="${label}, picked">${picked.map((row) => html`<li>${row.name}${row.hint ? html` <small>${row.hint}</small>` : nothing}
    <button type="button" aria-label="Take ${row.name} away" @click=${() => change(picked.filter(({ id }) => id !== row.id))}>×</button></li>`)}
    ${inherited.map((row) => html`<li class="inherited">${row.name} <small>${row.hint}</small></li>`)}</ul>
  <pick-one .name=${name} .label=${label} .search=${search} .without=${picked.map(({ id }) => id)} .wrong=${form.fault(name) ? `${name}-fault` : ''}
    @pick=${(/** @type {CustomEvent} */ event) => change([...picked, event.detail])}></pick-one>
  ${count ? html`<p class="hint" role="status">${count}</p>` : nothing}
  ${form.fault(name) ? html`<p class="fault" id="${name}-fault">${form.fault(name)}</p>` : nothing}</div>`;
