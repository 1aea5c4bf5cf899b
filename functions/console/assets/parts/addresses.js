// @ts-check
/** A field for many e-mail addresses, each a chip that carries what becomes of it. */
import { html, nothing, render } from '../lib/lit-html.js';

/**
 * Addresses with the names beside them, from what people paste: a column, a spreadsheet, the line of a mail program.
 * @param {string} text @returns {{email: string, name: string}[]}
 */
export function read(text) {
  const found = [];
  const quoted = text.split('"').length % 2 ? text : text.replaceAll('"', '');
  // Where semicolons stand between addresses, a comma belongs to a name: Young, Cy <cy@x.example>; …
  const between = /;/.test(text) && /</.test(text) ? /[\n\r;]/ : /[\n\r;,](?=(?:[^"]*"[^"]*")*[^"]*$)/;
  for (const line of quoted.split(between)) {
    // "Cy Young" <cy@x.example>, or an address among the cells of a row.
    const known = line.match(/^\s*"?([^"<]*?)"?\s*<\s*([^<>\s]+)\s*>\s*$/);
    if (known) { found.push({ email: known[2], name: known[1].trim() }); continue; }
    const words = line.split(/[\t ]+/).map((word) => word.replace(/^["'(<]+|["')>.]+$/g, '')).filter(Boolean);
    const emails = words.filter((word) => word.includes('@'));
    if (emails.length) for (const email of emails) found.push({ email: email.replace(/^mailto:/i, ''), name: '' });
    else if (words.length) found.push({ email: words.join(' '), name: '' });
  }
  return found;
}

class EmailAddresses extends HTMLElement {
  /** @type {Chip[]} */ #chips = [];
  #said = '';

  connectedCallback() { this.draw(); }
  get chips() { return this.#chips; }
  set chips(chips) {
    this.#chips = chips;
    if (this.isConnected) this.draw();
  }
  get #input() { return /** @type {HTMLInputElement} */ (this.querySelector('input')); }

  /** @param {EmailAddresses['chips']} chips */
  #set(chips) {
    this.chips = chips;
    this.dispatchEvent(new CustomEvent('chips', { detail: chips }));
  }

  /** Takes what was typed or pasted. @param {string} text */
  add(text) {
    const read_ = read(text);
    const there = new Set(this.chips.map(({ email }) => email.toLowerCase()));
    const added = read_.filter(({ email }) => !there.has(email.toLowerCase()) && there.add(email.toLowerCase()))
      .map((chip) => (chip.email.includes('@') ? chip : { ...chip, fault: 'This is not a valid e-mail address.' }));
    if (!read_.length) return;
    const already = read_.length - added.length;
    this.#said = `${added.length} added${already ? `, ${already} already there` : ''}. ${there.size} in all.`;
    this.#input.value = '';
    this.#set([...this.chips, ...added]);
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const { value } = this.#input;
    if (['Enter', ',', ';'].includes(event.key) && value.trim() && !(value.split('"').length % 2 === 0)) {
      event.preventDefault();
      this.add(value);
    } else if (event.key === 'Backspace' && !value && this.chips.length) {
      event.preventDefault();
      const last = this.chips[this.chips.length - 1];
      this.#input.value = last.name ? `${last.name} <${last.email}>` : last.email;
      this.#said = `${last.email} taken back for editing.`;
      this.#set(this.chips.slice(0, -1));
    }
  }

  draw() {
    render(html`<label for="email">E-mail addresses</label><ul class="chips" aria-label="Addresses">${this.chips.map((chip) => html`<li
      class=${chip.fault ? 'wrong' : ''}>${chip.name ? `${chip.name} · ` : ''}${chip.email}${chip.fault || chip.note
        ? html` <small>${chip.fault ?? chip.note}</small>` : nothing}
      <button type="button" aria-label="Take ${chip.email} away" @click=${() => {
        this.#said = `${chip.email} taken away.`;
        this.#set(this.chips.filter((other) => other !== chip));
        this.#input.focus();
      }}>×</button></li>`)}</ul>
    <div class="add"><input id="email" type="text" inputmode="email" autocomplete="off" autocapitalize="none" spellcheck="false"
      placeholder="name@customer.example" aria-describedby="email-hint" @keydown=${(/** @type {KeyboardEvent} */ event) => this.#press(event)}
      @blur=${() => this.add(this.#input.value)}
      @paste=${(/** @type {ClipboardEvent} */ event) => {
        const text = event.clipboardData?.getData('text') ?? '';
        if (!/[@\n]/.test(text)) return;
        event.preventDefault();
        this.add(this.#input.value + text);
      }}><button type="button" class="second" aria-label="Add the address" @click=${() => { this.add(this.#input.value);
        this.#input.focus(); }}>+</button></div>
    <p class="hint" id="email-hint">Enter or a comma adds it. A whole column can be pasted, and lines like “Cy Young” &lt;cy@…&gt;.</p>
    <p class="unseen" role="status">${this.#said}</p>`, this);
  }
}
customElements.define('email-addresses', EmailAddresses);
