// @ts-check
/** Forms: fields with their labels and faults, a summary that takes the focus, and one key for one content. */
import { html, nothing } from '../lib/lit-html.js';
import { Refused } from '../api.js';

export class Form {
  /** @param {() => void} draw */
  constructor(draw) {
    this.draw = draw;
    this.busy = false;
    /** What was done, for the status line. @type {unknown} */
    this.done = '';
    /** @type {Fault[]} */
    this.faults = [];
    this.sent = { content: '', key: '' };
  }

  /** The same content keeps its key, so it can be sent again after a lost answer. @param {unknown} content */
  key(content) {
    const text = JSON.stringify(content);
    if (this.sent.content !== text) this.sent = { content: text, key: crypto.randomUUID() };
    return this.sent.key;
  }

  /**
   * Does what a button or a form asks for, once at a time; the work is given the form's fields.
   * @param {any} event @param {(fields: FormData) => Promise<unknown>} work
   */
  async submit(event, work) {
    event?.preventDefault();
    if (this.busy) return;
    const fields = new FormData(event?.currentTarget);
    Object.assign(this, { busy: true, faults: [], done: '' });
    this.draw();
    try {
      await work(fields);
      this.sent = { content: '', key: '' };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.faults = error.faults;
    } finally {
      this.busy = false;
      this.draw();
      if (this.faults.length) /** @type {HTMLElement | undefined} */ ([...document.querySelectorAll('.summary')].at(-1))?.focus();
      else if (this.done) [...document.querySelectorAll('.done')].find((/** @type {any} */ line) => line.form === this)?.scrollIntoView({ block: 'nearest' });
    }
  }

  /** @param {string} name */
  fault(name) {
    return this.faults.find((fault) => fieldOf(fault) === name)?.detail;
  }
}

/** The name of the field that a fault is about. @param {Fault} fault */
export const fieldOf = ({ source }) => (source?.parameter ?? source?.pointer ?? '').match(/(?:attributes|relationships)\/([\w-]+)/)?.[1] ?? '';

/** How many faults the list on top names; each stands at its own place as well. */
const MOST = 6;

/** All faults in one list, each leading to its field. @param {Form} form */
export const summary = ({ faults }) => {
  const told = faults.filter(({ detail }, at) => faults.findIndex((other) => other.detail === detail) === at);
  const one = (/** @type {Fault} */ fault) => {
    const name = fieldOf(fault);
    const lead = (/** @type {Event} */ event) => { event.preventDefault(); document.getElementById(name)?.focus(); };
    return html`<li>${name ? html`<a href="#${name}" @click=${lead}>${fault.detail}</a>` : fault.detail}</li>`;
  };
  return told.length ? html`<div class="summary" tabindex="-1" role="alert"><ul>${told.slice(0, MOST).map(one)}
    ${told.length > MOST ? html`<li>And ${told.length - MOST} more of this kind, each shown below.</li>` : nothing}</ul></div>` : nothing;
};

/** What was done stands where it was asked for, and stays. @param {Form} form */
export const outcome = (form) => html`<p class="done" role="status" .form=${form}>${form.done}</p>`;

/** @param {Form} form @param {string} name @param {unknown} hint */
const below = (form, name, hint) => html`${hint ? html`<p class="hint" id="${name}-hint">${hint}</p>` : nothing}
  ${form.fault(name) ? html`<p class="fault" id="${name}-fault">${form.fault(name)}</p>` : nothing}`;
/** @param {Form} form @param {string} name @param {unknown} hint */
const described = (form, name, hint) => [hint && `${name}-hint`, form.fault(name) && `${name}-fault`].filter(Boolean).join(' ') || nothing;

/**
 * @param {Form} form @param {string} name @param {string} label
 * @param {{value?: string, type?: string, hint?: unknown, required?: boolean, autocomplete?: string, rows?: number, min?: string}} [how]
 */
export function input(form, name, label, { value = '', type = 'text', hint, required, autocomplete = 'off', rows, min } = {}) {
  const wrong = form.fault(name) ? 'true' : nothing;
  return html`<div class="field"><label for=${name}>${label}</label>${rows
    ? html`<textarea id=${name} name=${name} rows=${rows} aria-invalid=${wrong} aria-describedby=${described(form, name, hint)}
      .defaultValue=${value}></textarea>`
    : html`<input id=${name} name=${name} type=${type} value=${value} min=${min ?? nothing} ?required=${required} autocomplete=${autocomplete}
        aria-invalid=${wrong} aria-describedby=${described(form, name, hint)}>`}${below(form, name, hint)}</div>`;
}

/**
 * @param {Form} form @param {string} name @param {string} label @param {string} value @param {readonly (readonly [string, unknown])[]} options
 * @param {{hint?: unknown, change?: (value: string) => void}} [how]
 */
export const select = (form, name, label, value, options, { hint, change } = {}) => html`<div class="field"><label for=${name}>${label}</label>
  <select id=${name} name=${name} aria-describedby=${described(form, name, hint)} @change=${(/** @type {any} */ event) => change?.(event.target.value)}>
  ${options.map(([key, word]) => html`<option value=${key} ?selected=${key === value}>${word}</option>`)}</select>${below(form, name, hint)}</div>`;

/**
 * Cards to choose one of, or several.
 * @param {Form} form @param {string} name @param {string} legend @param {string[]} chosen
 * @param {readonly (readonly [string, unknown, unknown?, boolean?])[]} options key, word, explanation, whether it is not to be had
 * @param {{many?: boolean, change?: (chosen: string[]) => void, hint?: unknown}} [how]
 */
export const choice = (form, name, legend, chosen, options, { many, change, hint } = {}) => html`<fieldset id=${name} tabindex="-1"
  aria-describedby=${described(form, name, hint)} @change=${(/** @type {any} */ event) =>
    change?.([...event.currentTarget.querySelectorAll(':checked')].map((box) => box.value))}><legend>${legend}</legend><div class="cards">
  ${options.map(([key, word, explained, off]) => html`<label class="card"><input type=${many ? 'checkbox' : 'radio'} name=${name} value=${key}
    .checked=${chosen.includes(key)} ?disabled=${off}><span>${word}${explained ? html`<small>${explained}</small>` : ''}</span></label>`)}</div>
  ${below(form, name, hint)}</fieldset>`;

/** @param {string} name @param {string} label @param {boolean} checked @param {(checked: boolean) => void} [change] */
export const tick = (name, label, checked, change) => html`<label class="tick"><input type="checkbox" id=${name} name=${name} .checked=${checked}
  @change=${(/** @type {any} */ event) => change?.(event.target.checked)}>${label}</label>`;

/** @param {Form} form @param {string} label @param {unknown} [others] */
export const actions = (form, label, others) => html`<div class="actions">${others}<button aria-busy=${form.busy}>${label}</button></div>`;
