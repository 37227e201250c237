// Who is signed in, and what they may do.

let me = null;

/** Said by the shell alone: `{name, roles, actions}`, or null. */
export const setMe = (found) => { me = found; };

/** Whether whoever is signed in may do an action, such as "cases.work": what they may not do is not offered. */
export const may = (action) => Boolean(me?.actions.includes(action));
