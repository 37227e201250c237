// Asking the service: with the key of whoever signed in, which stays in this tab and goes when it is closed.

const KEY = "ringfence.key";

/** What the service refused or could not do: `status`, and one line that says what to do. */
export class Problem extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

/** Whether somebody has signed in in this tab. */
export const signedIn = () => sessionStorage.getItem(KEY) !== null;

/** Keep a key for this tab, once the service has said whose it is: `{name, roles, actions}`. */
export async function signIn(key) {
  const me = await send("/v1/me", {}, key.trim());
  sessionStorage.setItem(KEY, key.trim());
  return me;
}

/** Forget the key. */
export const signOut = () => sessionStorage.removeItem(KEY);

/** What a route answers; parameters that are null, "" or [] are left out, lists are repeated. */
export const get = (path, parameters = {}) => send(path + query(parameters));

/** What a route answers to something that is sent. */
export const post = (path, body) =>
  send(path, { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" } });

/** What a route answers when something is removed. */
export const remove = (path) => send(path, { method: "DELETE" });

/** The file that a route answers with, as a Blob. */
export const download = async (path, parameters = {}) => (await ask(path + query(parameters))).blob();

function query(parameters) {
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    for (const one of [value].flat()) if (one !== null && one !== undefined && one !== "") asked.append(name, one);
  }
  return asked.size ? `?${asked}` : "";
}

const send = async (...asked) => (await ask(...asked)).json();

async function ask(path, options = {}, key = sessionStorage.getItem(KEY)) {
  const headers = { ...options.headers, ...(key ? { Authorization: `Bearer ${key}` } : {}) };
  let answer;
  try {
    answer = await fetch(path, { ...options, headers });
  } catch {
    throw new Problem(0, "");
  }
  if (answer.ok) return answer;
  if (answer.status === 401 && signedIn()) {
    signOut();
    window.dispatchEvent(new Event("signedout"));
  }
  const told = await answer.json().catch(() => ({}));
  throw new Problem(answer.status, told.detail ?? answer.statusText);
}
