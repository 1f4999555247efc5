/** All that a reviewer can do with what lies before them, by key or by button. */

import { useAround } from "./around.js";
import { catalog } from "./catalog.js";
import { useRef, useState } from "./html.js";
import { t } from "./i18n.js";
import { REASONS } from "./reviewparts.js";
import { useOutbox, useQueue } from "./reviewqueue.js";
import { toast } from "./toasts.js";

/** @typedef {import("./reviewqueue.js").Item} Item */
/** @typedef {"reason" | "condition" | "boxes" | "merge" | "earlier" | "why" | null} Question what the reviewer is at beside looking */

/** @param {Question} asked @param {Item | undefined} item @returns {string[]} what the digits choose from */
const optionsOf = (asked, item) => (asked === "condition" ? catalog.conditions.map(({ id }) => id).filter((id) => id !== item?.observation.condition) : REASONS);

/** @param {string} login whose verdicts they are */
export function useDesk(login) {
  const sending = useRef(/** @type {{outbox?: import("./outbox.js").Outbox<any>}} */ ({}));
  const [queue, act] = useQueue(() => sending.current.outbox?.letters.map(({ key }) => key) ?? []);
  const outbox = useOutbox(act, login);
  sending.current.outbox = outbox;
  const [asked, setAsked] = useState(/** @type {Question} */ (null));
  const item = queue.items[queue.at];
  const around = useAround(item?.again ? undefined : item?.observation.id);
  const options = optionsOf(asked, item);

  const judge = (/** @type {Partial<Api.VerdictWish>} */ verdict) => {
    if (!item) return;
    setAsked(null);
    outbox.add(item.observation.id, { verdict, item });
    act({ type: "judged", item });
  };
  const undo = () => {
    setAsked(null);
    const letter = outbox.undo();
    if (letter) act({ type: "back", item: letter.body.item });
    else toast(t("review.nothing_to_undo"));
  };
  const merge = (/** @type {import("./around.js").Neighbour | undefined} */ neighbour) => neighbour && judge({ verdict: true, same_as: neighbour.ticket.id });
  const choose = (/** @type {string | undefined} */ code) => {
    if ((asked === "reason" || asked === "condition") && code) judge(asked === "condition" ? { verdict: "other_condition", condition: code } : { verdict: false, reason: code });
  };
  const go = (/** @type {number} */ steps) => {
    setAsked(null);
    act({ type: "go", to: queue.at + steps });
  };
  const can = { merge: around.neighbours.length > 0, earlier: around.earlier.length > 0, why: Boolean(item?.ticket) };
  const ask = (/** @type {Question} */ what) => {
    if ((what === "merge" || what === "earlier" || what === "why") && !can[what]) return toast(t(`review.no_${what}`));
    setAsked(!item || asked === what ? null : what);
  };
  return { queue, outbox, item, around, can, asked, options, judge, accept: () => judge({ verdict: true }), undo, merge, choose, go, ask };
}

/** @typedef {ReturnType<typeof useDesk>} Desk */

/** @param {Desk} desk @returns {import("./keys.js").Commands} */
export const keysOf = (desk) => ({
  j: () => desk.go(1), arrowright: () => desk.go(1), k: () => desk.go(-1), arrowleft: () => desk.go(-1),
  a: desk.accept, x: () => desk.ask("reason"), c: () => desk.ask("condition"), e: () => desk.ask("boxes"), u: desk.undo, escape: () => desk.ask(null),
  m: () => (desk.asked === "merge" ? desk.merge(desk.around.neighbours[0]) : desk.ask("merge")), h: () => desk.ask("earlier"), w: () => desk.ask("why"),
  digit: (number) => (desk.asked === "merge" ? desk.merge(desk.around.neighbours[number - 1]) : desk.choose(desk.options[number - 1])),
});
