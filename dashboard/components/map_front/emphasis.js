// How strongly each paper is drawn, in which colour, and in which order.

const HIDDEN = 0 // does not pass the filters: a trace of grey, cannot be picked
const FADED = 1 // passes, but something else is brought forward
const PLAIN = 2
const MARKED = 3

/** Bits (first paper in the highest) → a function row → whether it is shown. */
const shownBy = bits => (bits?.length ? i => (bits[i >> 3] >> (7 - (i & 7))) & 1 : () => 1)

/** Base64 of little-endian uint32 → rows. */
function readRows(base64) {
  if (!base64) return []
  const bytes = Uint8Array.from(atob(base64), character => character.charCodeAt(0))
  return new Uint32Array(bytes.buffer)
}

/** One byte a paper (HIDDEN … MARKED), and how many papers of each topic are shown. */
function weigh(points, bits, { topics, marked, region }) {
  const { n, topic, x, y } = points
  const shown = shownBy(bits)
  const wanted = topics.length ? new Set(topics) : null
  const chosen = marked.length ? new Set(marked) : null
  const inside = region ? insideOf(region) : null
  const level = new Uint8Array(n)
  const perTopic = new Uint32Array(points.topics.id.length)
  let nShown = 0
  let nForward = 0
  for (let i = 0; i < n; i++) {
    if (!shown(i)) continue
    nShown++
    if (topic[i] >= 0) perTopic[topic[i]]++
    const forward =
      (!wanted || wanted.has(topic[i])) && (!chosen || chosen.has(i)) && (!inside || inside(x[i], y[i]))
    level[i] = forward ? (chosen ? MARKED : PLAIN) : FADED
    if (forward) nForward++
  }
  return { level, perTopic, nShown, nForward, narrowed: Boolean(wanted || chosen || inside) }
}

/** Points' base radius in pixels at the whole map: few papers are drawn large. */
const baseRadius = (n, width, height) => Math.max(1.15, Math.min(6.5, 0.17 * Math.sqrt((width * height) / Math.max(n, 1))))

/**
 * Colour, size and order of all papers, ready for the painter: `look` has
 * eight bytes a paper (red, green, blue, alpha, size in sixteenths of the base
 * radius, ring, two unused), `order` the rows from the bottom to the top.
 */
function dress(points, weights, surface, { colourBy, level: of }) {
  const { n, topic, year, years, names } = points
  const { level, narrowed } = weights
  const dots = names.above[of].map(name => rgb(names.dot[surface.name][name]))
  const grey = rgb(points.outlier[surface.name])
  const scale = years.colours[surface.name].map(rgb)
  const span = Math.max(1, years.high - years.low)
  const byYear = i => {
    if (!year[i]) return grey
    const step = Math.round(((Math.max(year[i], years.low) - years.low) / span) * (scale.length - 1))
    return scale[step]
  }
  const byTopic = i => (topic[i] < 0 ? grey : dots[topic[i]])
  const colour = colourBy === "year" ? byYear : byTopic
  const solid = n > 20000 ? 0.72 : 0.86
  const look = new Uint8Array(n * 8)
  const layers = [[], [], [], [], []] // hidden, faded, outliers, topics, marked
  for (let i = 0; i < n; i++) {
    const outlier = topic[i] < 0 && colourBy !== "year"
    const [r, g, b] = level[i] === HIDDEN ? grey : colour(i)
    const alpha = [0.1, 0.16, outlier && !narrowed ? 0.5 : solid, 0.95][level[i]]
    const size = [10, 12, outlier ? 13 : 16, 24][level[i]]
    look.set([r, g, b, Math.round(alpha * 255), size, level[i] === MARKED ? 1 : 0, 0, 0], i * 8)
    layers[level[i] === HIDDEN ? 0 : level[i] === FADED ? 1 : level[i] === MARKED ? 4 : outlier ? 2 : 3].push(i)
  }
  // Within a layer no topic may always lie on top: a fixed shuffle, the same every time.
  const order = new Uint32Array(n)
  let at = 0
  for (const layer of layers) {
    shuffle(layer)
    order.set(layer, at)
    at += layer.length
  }
  return { look, order }
}

/** Fisher and Yates with a fixed seed (mulberry32). */
function shuffle(list) {
  let seed = 0x9e3779b9
  for (let i = list.length - 1; i > 0; i--) {
    seed = (seed + 0x6d2b79f5) | 0
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    const j = ((t ^ (t >>> 14)) >>> 0) % (i + 1)
    ;[list[i], list[j]] = [list[j], list[i]]
  }
}
