/** The ground before a shop's door as a rectangle: from the middle of its door outwards. Pure. */

const METRES_A_DEGREE = 111_320;
const DIGITS = 7;

/**
 * A closed ring of `[lon, lat]`, counter-clockwise seen from above.
 * @param {{lat: number, lon: number}} door the middle of the front, WGS-84
 * @param {number} width_m along the front @param {number} depth_m out onto the pavement @param {number} faces_deg where one looks who comes out, clockwise from north
 * @returns {[number, number][]}
 */
export function frontageOf(door, width_m, depth_m, faces_deg) {
  const angle = (faces_deg * Math.PI) / 180;
  const [out_x, out_y] = [Math.sin(angle), Math.cos(angle)];
  const [side_x, side_y] = [out_y, -out_x]; // to the right of who comes out
  const corners = [[-0.5, 0], [0.5, 0], [0.5, 1], [-0.5, 1]].map(([along, out]) => {
    const east = side_x * along * width_m + out_x * out * depth_m;
    const north = side_y * along * width_m + out_y * out * depth_m;
    return /** @type {[number, number]} */ ([
      Number((door.lon + east / (METRES_A_DEGREE * Math.cos((door.lat * Math.PI) / 180))).toFixed(DIGITS)),
      Number((door.lat + north / METRES_A_DEGREE).toFixed(DIGITS)),
    ]);
  });
  return [...corners, corners[0]];
}
