// @ts-check
/** The HTTP API: one way to call it, and what becomes of what it refuses. */

/** An answer that is no yes. */
export class Refused extends Error {
  /** @param {number} status @param {Fault[]} faults */
  constructor(status, faults) {
    super(faults[0]?.detail || 'The service did not answer. Nothing that you typed is lost. Try again.');
    this.status = status;
    this.faults = faults.length ? faults : [{ code: 'unreachable', detail: this.message }];
    this.code = this.faults[0].code;
  }
}

/** @param {string} type @param {object} attributes @param {Record<string, string[]>} [related] @param {string} [id] */
export function resource(type, attributes, related, id) {
  const relationships = related && Object.fromEntries(
    Object.entries(related).map(([name, ids]) => [name, { data: ids.map((id) => ({ type: name, id })) }]));
  return { type, ...(id && { id }), attributes, ...(relationships && { relationships }) };
}

/** @param {string} path @param {Record<string, string | undefined>} [query] */
export function address(path, query = {}) {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value) search.set(name, value);
  return search.size ? `${path}?${search}` : path;
}

/** One request, as it is. @param {string} method @param {string} path @param {Options} [options] @returns {Promise<any>} */
export async function fetched(method, path, { query, data, key, version, token, accept } = {}) {
  const headers = new Headers({ accept: accept ?? 'application/vnd.api+json' });
  if (token) headers.set('authorization', `Bearer ${token}`);
  if (data) headers.set('content-type', 'application/vnd.api+json');
  if (key) headers.set('idempotency-key', key);
  if (version) headers.set('if-match', `"${version}"`);
  let answer;
  try {
    answer = await fetch(address(path, query), { method, headers, body: data && JSON.stringify({ data }), redirect: 'error' });
  } catch {
    throw new Refused(0, []);
  }
  if (accept && answer.ok) return answer.blob();
  const body = answer.status === 204 ? {} : await answer.json().catch(() => null);
  if (answer.ok && body) return body;
  const faults = body?.errors ?? [];
  const wait = Number(answer.headers.get('retry-after'));
  if (wait && faults[0] && answer.status === 429) faults[0].detail += ` Try again in ${wait < 90 ? `${wait} seconds` : `${Math.ceil(wait / 60)} minutes`}.`;
  throw new Refused(answer.status, answer.status === 503 ? [] : faults);
}

/** What mends a refusal, so that the same request can be sent again: the dialogs, once they are there. */
export const mending = {
  /** @type {() => Promise<string>} */ token: async () => '',
  /** @type {(refused: Refused, attempt: number) => Promise<boolean>} */ mend: async () => false,
};

/**
 * One request of the person of this tab. What ends a session or asks for a proof is mended by the person, and the same request goes
 * out again with the same key.
 * @param {string} method @param {string} path @param {Options} [options] @returns {Promise<any>}
 */
export async function call(method, path, options = {}) {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await fetched(method, path, { ...options, token: await mending.token() });
    } catch (refused) {
      if (!(refused instanceof Refused) || !(await mending.mend(refused, attempt))) throw refused;
    }
  }
}

/** @param {string} path @param {Options['query']} [query] */
export const get = (path, query) => call('GET', path, { query });

/** One page of a list. @param {string} path @param {Options['query']} query @param {URLSearchParams} [shown] */
export const list = (path, query, shown) => get(path, { 'page[size]': '25', 'page[number]': shown?.get('page') ?? undefined, ...query });
