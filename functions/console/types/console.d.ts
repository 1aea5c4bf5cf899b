/** What the console's modules hand to each other. For checking them; never served. */

/** What a page is given: its address, what the role may, and ways to show itself and to go elsewhere. */
interface Page {
  url: URL;
  query: URLSearchParams;
  /** The last number in the address. */
  id: string;
  /** The address below the account, with `id` for each number. */
  base: string;
  /** Stays as long as the path does, also when filters change. */
  kept: any;
  inside: boolean;
  /** Whether something was typed that is not saved. */
  dirty: boolean;
  may(role: string): boolean;
  path(rest: string): string;
  go(path: string, replace?: boolean): void;
  show(title: string, content: unknown): void;
  again(): void;
}

interface Fault { status?: string; code: string; detail: string; title?: string; source?: { pointer?: string; parameter?: string }; meta?: any }

interface Options { query?: Record<string, string | undefined>; data?: any; key?: string; version?: number; token?: string; accept?: string }

/** An account that lets the person in, or does not at this moment. */
interface Enterable {
  'account-id': string;
  'account-name': string;
  subdomain: string;
  'effective-role-name': string | null;
  state: string;
  reason: string | null;
}

interface Account { id: string; name: string; subdomain: string }

interface Person {
  id: string;
  name: string;
  email: string;
  role: string;
  home: Account;
  /** Where the person is: at home, or inside another account. */
  account: Account;
  inside: boolean;
  mfa: boolean;
  /** When the account at home will be closed. */
  closing: string | null;
  accounts: Enterable[];
  /** What stands in an invitation unless something else is written. */
  message: string;
}

/** What a combobox offers. */
interface Row { id: string; name: string; hint?: string }

/** An organization or a group. */
interface Named extends Row { parent?: string | null; organizations?: string[] }

type Search = (text: string) => Promise<{ rows: Row[]; total: number }>;

/** What access consists of, while it is being chosen. */
interface Grants { role: string; groups: string[]; picked: Named[]; all: boolean; known: Named[]; names: Named[] }

/** A resource as it was read, as far as a form changes it. */
interface State { type: string; id: string; version: number; attributes: Record<string, any>; related?: Record<string, string[]> }

/** What a form wants it to be. */
interface Mine { attributes?: Record<string, any>; related?: Record<string, string[]> }

/** An address to invite, and what becomes of it. */
interface Chip { email: string; name: string; note?: string; fault?: string }

type Form = import('../assets/parts/form.js').Form;
