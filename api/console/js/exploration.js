// A picture that grows: what is in it, asking the service for more, and going back. What stands in it never moves.

import { post } from "./http.js";
import { draw } from "./picture.js";
import { inLanguage, t } from "./words.js";

const STEPS = 50;

/**
 * An exploration, empty at first.
 *
 * @param frame the element that the picture stands in
 * @param listeners `chosen(ids, edges)` and `opened(id)` as the picture has them; `changed(told)` after every answer
 * @returns `{ask, takeOut, undo, restore, placed, about, picture, told, asOf}`
 */
export function exploration(frame, { chosen, opened, changed }) {
  const held = { picture: null, about: {}, told: null, asOf: null, before: [] };

  const placed = () => Object.entries(held.picture?.positions() ?? {}).map(([node, { x, y }]) => ({ node, x, y }));
  const asked = (body) => post(`/v1/explore${held.asOf ? `?as_of=${encodeURIComponent(held.asOf)}` : ""}`, body);
  const remember = () => {
    held.before.push(placed());
    if (held.before.length > STEPS) held.before.shift();
  };
  const take = (sent) => {
    const answer = inLanguage(sent);
    held.about = answer.about;
    held.told = answer;
    if (!held.picture) {
      held.picture = draw(answer, t("explore.title"), { chosen, opened });
      frame.replaceChildren(held.picture.element);
    } else {
      held.picture.add(answer);
      if (!held.picture.sees(answer.added)) held.picture.fit();
    }
    changed(answer);
    return answer;
  };
  return {
    /** Put something in: `{add, expand, kind, limit}` as the service takes them. */
    async ask(wanted) {
      const answer = await asked({ placed: placed(), ...wanted });
      remember();
      return take(answer);
    },
    /** Take nodes out. */
    takeOut(ids) {
      remember();
      held.picture.remove(ids);
      ids.forEach((id) => delete held.about[id]);
      changed(held.told);
    },
    /** Back to what it was before the last change; whether there was one. */
    async undo() {
      const before = held.before.pop();
      if (before) await this.restore(before);
      return Boolean(before);
    },
    /** The picture with just these nodes, each where it is said to stand. */
    async restore(nodes) {
      const answer = nodes.length ? await asked({ placed: nodes }) : { nodes: [], edges: [], about: {}, added: [], missing: [], truncated: [] };
      held.picture?.remove(held.picture.ids());
      return take(answer);
    },
    placed,
    /** What the service says of the nodes that are drawn, by id. */
    about: () => held.about,
    picture: () => held.picture,
    /** The last answer. */
    told: () => held.told,
    /** The time that is asked about from now on; null is the latest. */
    setAsOf: (moment) => { held.asOf = moment || null; },
    asOf: () => held.asOf,
  };
}
