// Regions drawn on the map: simplifying a lasso, and which papers lie inside.

const MOST_CORNERS = 60 // as in dashboard/components/map_event.py

/** Douglas and Peucker (1973): the corners of an open line that matter more than `tolerance`. */
function simplify(line, tolerance) {
  if (line.length < 3) return line
  const [ax, ay] = line[0]
  const [bx, by] = line.at(-1)
  const [dx, dy] = [bx - ax, by - ay]
  const length = dx * dx + dy * dy
  let [worst, at] = [0, 0]
  for (let i = 1; i < line.length - 1; i++) {
    const [x, y] = line[i]
    const t = length ? Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / length)) : 0
    const away = Math.hypot(x - ax - t * dx, y - ay - t * dy)
    if (away > worst) [worst, at] = [away, i]
  }
  if (worst <= tolerance) return [line[0], line.at(-1)]
  return [...simplify(line.slice(0, at + 1), tolerance).slice(0, -1), ...simplify(line.slice(at), tolerance)]
}

/** A lasso (pixels) with at most `most` corners: the tolerance doubles until they are few enough. */
function fewCorners(line, most = MOST_CORNERS) {
  // Its ends meet, so it is cut at the corner farthest from the first and both halves are simplified.
  const [x, y] = line[0]
  const away = line.map(point => Math.hypot(point[0] - x, point[1] - y))
  const far = Math.max(1, away.indexOf(Math.max(...away)))
  for (let tolerance = 0.75; ; tolerance *= 1.5) {
    const there = simplify(line.slice(0, far + 1), tolerance)
    const back = simplify([...line.slice(far), line[0]], tolerance)
    const corners = [...there.slice(0, -1), ...back.slice(0, -1)]
    if (corners.length <= most) return corners
  }
}

/** A function (x, y) → whether the place is inside the polygon (even-odd rule). */
function insideOf(polygon) {
  const xs = polygon.map(corner => corner[0])
  const ys = polygon.map(corner => corner[1])
  const [left, right, bottom, top] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)]
  return (x, y) => {
    if (x < left || x > right || y < bottom || y > top) return false
    let inside = false
    for (let i = 0, j = xs.length - 1; i < xs.length; j = i++)
      if (ys[i] > y !== ys[j] > y && x < ((xs[j] - xs[i]) * (y - ys[i])) / (ys[j] - ys[i]) + xs[i]) inside = !inside
    return inside
  }
}
