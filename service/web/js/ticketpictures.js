/** The pictures of a ticket, as its evidence and its observations tell them. */

/** @typedef {{id: string, role: string, at?: string, width: number, height: number, detections: any[], place_check?: string, distance_m?: number | null}} TicketPicture */

/**
 * All pictures, oldest first; a picture that an observation found something on carries its boxes.
 * @param {any} ticket
 * @returns {TicketPicture[]}
 */
export function picturesOf(ticket) {
  /** @type {Map<string, TicketPicture>} */
  const found = new Map();
  for (const { id, role, at, width, height, place_check, distance_m } of ticket.evidence ?? []) found.set(id, { id, role, at, width, height, place_check, distance_m, detections: [] });
  for (const { evidence_id, taken_at, width, height, detections } of ticket.observations ?? []) {
    if (!evidence_id) continue;
    const known = found.get(evidence_id) ?? { id: evidence_id, role: "before", at: taken_at, width, height, detections: [] };
    const drawn = [...known.detections, ...(detections ?? [])];
    found.set(evidence_id, { ...known, width: known.width ?? width, height: known.height ?? height, detections: drawn });
  }
  return [...found.values()].sort((a, b) => String(a.at).localeCompare(String(b.at)));
}

/** @param {any} ticket @param {TicketPicture[]} pictures @returns {TicketPicture | undefined} the picture of the latest work: one from before a rework shows what was refused */
export function afterPhoto(ticket, pictures) {
  const reworked = ticket.history.filter((/** @type {any} */ { to }) => to === "rework").map((/** @type {any} */ { at }) => Date.parse(at));
  return pictures.findLast(({ role, at }) => role === "after" && Date.parse(at ?? "") >= Math.max(0, ...reworked));
}
