// Names of topics, in place: coarse ones from afar, finer ones as one comes closer, the largest first, none over another.

const LINE = 1.12 // line height, in font sizes
const HANDFUL = 15 // so few names are all to be seen, if need be some way off
const FEW = 2500 // up to so many papers, names make way for points

// Where a name may stand, in its own widths and heights from its anchor: on it, then around it.
const STEPS = [[0, 0], [0, -0.7], [0, 0.7], [0.45, 0], [-0.45, 0], [0.4, -0.7], [-0.4, -0.7], [0.4, 0.7], [-0.4, 0.7]]
const FAR_STEPS = [...STEPS, [0, -1.3], [0, 1.3], [0.7, 0], [-0.7, 0], [0.6, -1.2], [-0.6, -1.2], [0.6, 1.2], [-0.6, 1.2], [0, -2], [0, 2]]

/** Words in at most three lines of about equal length; the rest becomes an ellipsis. */
function wrap(label, width) {
  const lines = [""]
  for (const word of label.split(/\s+/)) {
    const longer = lines.at(-1) ? `${lines.at(-1)} ${word}` : word
    if (longer.length <= width || !lines.at(-1)) lines[lines.length - 1] = longer
    else lines.push(word)
  }
  const short = lines.slice(0, 3).map(line => (line.length > width + 8 ? `${line.slice(0, width + 6)}…` : line))
  if (lines.length > 3) short[2] += "…"
  return short
}

class Labels {
  constructor(layer, points) {
    this.layer = layer
    this.points = points
    this.measure = document.createElement("canvas").getContext("2d")
    this.widths = new Map()
    this.nodes = new Map()
    this.placed = []
    this.local = new Map() // name → a place on the screen for it, when its own is not
  }

  /**
   * Close up, a topic's own place may be off the screen though its papers fill it.
   * Then its name goes to the middle of those papers.
   */
  settle(camera, weights, base) {
    this.local.clear()
    if (camera.zoom < 1.3) return
    const { n, x, y, topic, names } = this.points
    const [left, bottom, right, top] = camera.viewport
    const onScreen = (px, py) => px > left && px < right && py > bottom && py < top
    const sums = new Map()
    let total = 0
    for (let i = 0; i < n; i++) {
      if (topic[i] < 0 || weights.level[i] < PLAIN || !onScreen(x[i], y[i])) continue
      const sum = sums.get(topic[i]) ?? [0, 0, 0]
      sums.set(topic[i], [sum[0] + x[i], sum[1] + y[i], sum[2] + 1])
      total++
    }
    for (const name of this.readable(camera.zoom, base)) {
      if (onScreen(names.x[name], names.y[name])) continue
      const [sumX, sumY, count] = names.finest[name].reduce(([a, b, c], which) => {
        const [d, e, f] = sums.get(which) ?? [0, 0, 0]
        return [a + d, b + e, c + f]
      }, [0, 0, 0])
      if (count >= 3 && count >= total * 0.05) this.local.set(name, [sumX / count, sumY / count])
    }
  }

  /** The names to show at this zoom: those of the level to read and, between them, of the one below it. */
  readable(zoom, base) {
    const { names } = this.points
    const level = levelAt(names, zoom, base)
    return names.id.map((_, name) => name).filter(name => level - names.level[name] <= 1 && names.level[name] <= level && names.level[name] >= base)
  }

  /** Width in pixels of the longest line. */
  widthOf(lines, font) {
    const key = font + lines.join("\n")
    if (!this.widths.has(key)) {
      this.measure.font = font
      this.widths.set(key, Math.max(...lines.map(line => this.measure.measureText(line).width)))
    }
    return this.widths.get(key)
  }

  /** The widths were measured with another font: after fonts load, or the theme changes. */
  forgetWidths() {
    this.widths.clear()
  }

  /** Which labels stand where now: [{topic, lines, size, x, y, width, height, colour}]. */
  place(camera, weights, { names: wanted, topics: forward, level: base, colourBy }, surface, taken = []) {
    const { names } = this.points
    const chosen = new Set(wanted)
    const inFront = new Set(forward)
    const counts = countsOf(names, weights.perTopic)
    const read = levelAt(names, camera.zoom, base)
    const most = names.size.map((_, level) => Math.max(1, ...counts.filter((_, name) => names.level[name] === level)))
    const small = camera.width < 560
    const closeness = Math.min(1.35, Math.pow(Math.max(1, camera.zoom), 0.12))
    const order = [...new Set([...wanted, ...this.readable(camera.zoom, base)])]
      .filter(name => counts[name] > 0)
      .sort((a, b) => chosen.has(b) - chosen.has(a) || names.level[b] - names.level[a] || counts[b] - counts[a] || a - b)
    const room = Math.ceil((camera.width * camera.height) / (chosen.size ? 26000 : 13000))
    const placed = [...taken] // names keep clear of what lies over the map
    for (const topic of order) {
      if (placed.length - taken.length >= room && !chosen.has(topic)) break
      const [px, py] = camera.toScreen(...(this.local.get(topic) ?? [names.x[topic], names.y[topic]]))
      if (px < 0 || py < 0 || px > camera.width || py > camera.height) continue
      const level = names.level[topic]
      const strength = chosen.has(topic) ? 1 : Math.sqrt(counts[topic] / most[level])
      // What is between the names to read is smaller; names above the points' own level are larger.
      const [least, more] = level < read ? [11, small ? 1 : 2] : level > base ? [small ? 12 : 15, 4] : [small ? 11 : 12, small ? 4 : 6]
      const size = Math.round(least + more * strength) * closeness
      const lines = wrap(names.label[topic], small ? 14 : 18)
      const weight = level > base && level === read ? 700 : 600
      const font = `${weight} ${size.toFixed(1)}px ${surface.heading}`
      const width = this.widthOf(lines, font) + 6
      const height = lines.length * size * LINE + 4
      const spot = this.spot(px, py, width, height, camera, placed, weights.nShown <= FEW, level === read && names.size[level] <= HANDFUL)
      if (!spot) continue
      // Only the names of the level that the points are coloured by have a colour to share with them.
      const colour = colourBy === "year" || level !== base ? surface.ink : names.text[surface.name][topic]
      const dimmed = chosen.size > 0 && !chosen.has(topic) && !names.finest[topic].every(which => inFront.has(which))
      placed.push({ topic, lines, size, weight, font, width, height, colour, dimmed, x: spot.x, y: spot.y })
    }
    this.placed = placed.slice(taken.length)
    return this.placed
  }

  /** The first place free of other names; among few papers, the free place that hides the fewest. `far`: also farther off. */
  spot(px, py, width, height, camera, placed, few, far) {
    let best = null
    for (const [across, down] of few || far ? FAR_STEPS : STEPS) {
      const x = Math.max(width / 2 + 2, Math.min(camera.width - width / 2 - 2, px + across * width))
      const y = Math.max(height / 2 + 2, Math.min(camera.height - height / 2 - 2, py + down * height))
      const free = placed.every(
        other =>
          Math.abs(other.x - x) > (other.width + width) / 2 + 4 || Math.abs(other.y - y) > (other.height + height) / 2 + 3,
      )
      if (!free) continue
      if (!few) return { x, y }
      const hidden = this.hiddenBy(x, y, width, height, camera) + 0.6 * Math.hypot(across, down)
      if (!best || hidden < best.hidden) best = { x, y, hidden }
    }
    return best
  }

  /** How many papers a name at that place would lie over. */
  hiddenBy(px, py, width, height, camera) {
    const [x, y] = camera.toMap(px, py)
    const dot = 6 // pixels: a dot whose middle is outside is hidden too
    const [wide, high] = [(width / 2 + dot) / camera.scale, (height / 2 + dot) / camera.scale]
    let count = 0
    this.points.grid.within(x, y, Math.hypot(wide, high), i => {
      if (Math.abs(this.points.x[i] - x) < wide && Math.abs(this.points.y[i] - y) < high) count++
    })
    return count
  }

  /** Brings the layer in step with what was placed; labels that stay are only moved. */
  show(surface) {
    const kept = new Set()
    for (const label of this.placed) {
      kept.add(label.topic)
      let node = this.nodes.get(label.topic)
      const face = [label.lines.join("\n"), label.font, label.colour, surface.paper].join("|")
      if (node?.face !== face) {
        node?.element.remove()
        node = { element: this.draw(label, surface), face }
        this.nodes.set(label.topic, node)
        this.layer.append(node.element)
      }
      node.element.setAttribute("transform", `translate(${label.x.toFixed(1)} ${label.y.toFixed(1)})`)
      node.element.style.opacity = label.dimmed ? 0.35 : 1
    }
    for (const [topic, node] of this.nodes)
      if (!kept.has(topic)) {
        node.element.remove()
        this.nodes.delete(topic)
      }
  }

  /** One label as SVG, its middle at the origin: text over a halo of paper. */
  draw(label, surface) {
    const step = label.size * LINE
    const first = (-(label.lines.length - 1) * step) / 2
    const spans = label.lines.map((line, i) => make("tspan", { x: 0, y: (first + i * step).toFixed(1) }, line))
    const look = {
      "text-anchor": "middle",
      "dominant-baseline": "central",
      "font-family": surface.heading,
      "font-weight": label.weight,
      "font-size": label.size.toFixed(1),
      fill: label.colour,
      stroke: surface.paper,
      "stroke-width": (label.size * 0.3).toFixed(1),
      "stroke-linejoin": "round",
      "paint-order": "stroke",
      "stroke-opacity": 0.9,
    }
    return make("g", { class: "te-label", "data-topic": this.points.names.id[label.topic] }, make("text", look, ...spans))
  }

  /** The topic whose label is under a pixel, or −1. */
  at(px, py) {
    const hit = this.placed.find(
      label => Math.abs(px - label.x) <= label.width / 2 && Math.abs(py - label.y) <= label.height / 2,
    )
    return hit ? hit.topic : -1
  }
}
