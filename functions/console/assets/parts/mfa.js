// @ts-check
/** Setting up a second factor: the picture for the app, a first code, the recovery codes. Inside the profile, or in a dialog. */
import { html, nothing, render } from '../lib/lit-html.js';
import { call, resource } from '../api.js';
import { adopt, me } from '../session.js';
import { Form, actions, input, summary } from './form.js';

/** Codes that sign in once each. @param {string[]} codes @param {() => void} done */
export const recovery = (codes, done) => html`<p><b>Keep these recovery codes.</b> Each signs you in once when the app is not at hand. They are shown now and
  never again.</p>
  <ul class="codes">${codes.map((code) => html`<li>${code}</li>`)}</ul>
  <div class="actions"><button type="button" class="second" @click=${() => print()}>Print</button><button type="button"
    @click=${done}>I have kept them</button></div>`;

class MfaSetup extends HTMLElement {
  #form = new Form(() => this.draw());
  /** @type {any} */ #started = null;
  /** @type {string[] | null} */ #codes = null;

  connectedCallback() {
    this.draw();
    void this.#form.submit(null, async () => { this.#started = (await call('POST', `/users/${me.id}/mfa`, {})).data.attributes; });
  }

  /** @param {any} event */
  #confirm(event) {
    const data = resource('mfa', { otp: new FormData(event.currentTarget).get('otp') });
    return this.#form.submit(event, async () => {
      const { data: confirmed } = await call('POST', `/users/${me.id}/mfa/verification`, { data, key: this.#form.key(data) });
      adopt(confirmed.attributes);
      me.mfa = true;
      this.#codes = confirmed.attributes['recovery-codes'];
    });
  }

  draw() {
    const started = this.#started;
    const done = () => this.dispatchEvent(new CustomEvent('done'));
    render(html`${summary(this.#form)}${this.#codes ? recovery(this.#codes, done) : started
      ? html`<form @submit=${(/** @type {Event} */ event) => this.#confirm(event)}>
      <p>Scan this with an authenticator app, or type the key into it. Then enter the code that it shows.</p>
      ${started['qr-path'] ? html`<svg class="qr" viewBox="-4 -4 ${started['qr-size'] + 8} ${started['qr-size'] + 8}" role="img"
        aria-label="QR code for the app"><path d=${started['qr-path']}></path></svg>` : nothing}
      <p><a href=${started['otpauth-uri']}>Open in an app on this device</a></p><p>Key: <code>${started.secret}</code></p>
      ${input(this.#form, 'otp', 'Code', { required: true, autocomplete: 'one-time-code' })}${actions(this.#form, 'Confirm')}</form>`
        : html`<div class="ghosts"><i></i><i></i></div>`}`, this);
  }
}
customElements.define('mfa-setup', MfaSetup);
