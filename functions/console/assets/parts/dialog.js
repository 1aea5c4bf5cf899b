// @ts-check
/** Dialogs over the page. The page stays as it is below them. */
import { html, render } from '../lib/lit-html.js';
import { Form, summary } from './form.js';

let opened = 0;

/**
 * Opens a modal dialog, and answers what it was closed with: undefined if it was dismissed.
 * @param {string} title
 * @param {(close: (value?: any) => void, draw: () => void) => unknown} body
 * @param {{stay?: boolean}} [how] stay: Escape does not close it
 * @returns {Promise<any>}
 */
export function ask(title, body, { stay = false } = {}) {
  return new Promise((resolve) => {
    const dialog = document.createElement('dialog');
    const id = `dialog-${(opened += 1)}`;
    dialog.setAttribute('aria-labelledby', id);
    /** @type {any} */
    let value;
    const close = (/** @type {any} */ with_) => { value = with_; dialog.close(); };
    const draw = () => render(html`<h2 id=${id}>${title}</h2>${body(close, draw)}`, dialog);
    dialog.addEventListener('cancel', (event) => { if (stay) event.preventDefault(); });
    dialog.addEventListener('close', () => { dialog.remove(); resolve(value); });
    document.body.append(dialog);
    draw();
    dialog.showModal();
  });
}

/**
 * Asks by a form, and does it. Answers what the work answered.
 * @param {string} title
 * @param {{yes: string, danger?: boolean, body: (form: Form) => unknown, work: (fields: FormData, form: Form) => Promise<any>}} what
 */
export function asks(title, { yes, danger, body, work }) {
  /** @type {Form} */
  let form;
  return ask(title, (close, draw) => {
    form ??= new Form(draw);
    return html`${summary(form)}<form class="stack" @submit=${(/** @type {Event} */ event) =>
      form.submit(event, async (fields) => close((await work(fields, form)) ?? true))}>
      ${body(form)}<div class="actions"><button type="button" class="second" @click=${() => close()}>Cancel</button>
      <button class=${danger ? 'danger' : ''} aria-busy=${form.busy}>${yes}</button></div></form>`;
  });
}

/**
 * Asks before something that takes access away.
 * @param {string} title @param {unknown} text @param {string} yes @param {() => Promise<any>} work
 */
export const sure = (title, text, yes, work) => asks(title, { yes, danger: true, body: () => html`<p>${text}</p>`, work });
