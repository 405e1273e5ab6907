// Names of topics, in place: the largest first, none over another, more as one comes closer.

const LINE = 1.12 // line height, in font sizes

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
  place(camera, weights, wanted, surface) {
    const { topics } = this.points
    const chosen = new Set(wanted)
    const most = Math.max(1, ...weights.perTopic)
    const small = camera.width < 560
    const closeness = Math.min(1.35, Math.pow(Math.max(1, camera.zoom), 0.12))
    const order = topics.id
      .map((_, topic) => topic)
      .filter(topic => weights.perTopic[topic] > 0)
      .sort((a, b) => chosen.has(b) - chosen.has(a) || weights.perTopic[b] - weights.perTopic[a] || a - b)
    const room = Math.ceil((camera.width * camera.height) / 13000)
    const placed = []
    for (const topic of order) {
      if (placed.length >= room && !chosen.has(topic)) break
      const [px, py] = camera.toScreen(topics.x[topic], topics.y[topic])
      if (px < 0 || py < 0 || px > camera.width || py > camera.height) continue
      const strength = chosen.has(topic) ? 1 : Math.sqrt(weights.perTopic[topic] / most)
      const size = Math.round((small ? 11 : 12) + (small ? 4 : 6) * strength * 1) * closeness
      const lines = wrap(topics.label[topic], small ? 14 : 18)
      const font = `600 ${size.toFixed(1)}px ${surface.heading}`
      const width = this.widthOf(lines, font) + 6
      const height = lines.length * size * LINE + 4
      const spot = this.spot(px, py, width, height, camera, placed)
      if (!spot) continue
      const colour = topics.text[surface.name][topic]
      const dimmed = chosen.size > 0 && !chosen.has(topic)
      placed.push({ topic, lines, size, font, width, height, colour, dimmed, ...spot })
    }
    this.placed = placed
    return placed
  }

  /** The first free place: on the anchor, then a little above, below, aside. */
  spot(px, py, width, height, camera, placed) {
    const steps = [[0, 0], [0, -0.7], [0, 0.7], [0.45, 0], [-0.45, 0], [0.4, -0.7], [-0.4, -0.7], [0.4, 0.7], [-0.4, 0.7]]
    for (const [across, down] of steps) {
      const x = Math.max(width / 2 + 2, Math.min(camera.width - width / 2 - 2, px + across * width))
      const y = Math.max(height / 2 + 2, Math.min(camera.height - height / 2 - 2, py + down * height))
      const free = placed.every(
        other =>
          Math.abs(other.x - x) > (other.width + width) / 2 + 4 || Math.abs(other.y - y) > (other.height + height) / 2 + 3,
      )
      if (free) return { x, y }
    }
    return null
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
      "font-weight": 600,
      "font-size": label.size.toFixed(1),
      fill: label.colour,
      stroke: surface.paper,
      "stroke-width": (label.size * 0.3).toFixed(1),
      "stroke-linejoin": "round",
      "paint-order": "stroke",
      "stroke-opacity": 0.9,
    }
    return make("g", { class: "te-label", "data-topic": this.points.topics.id[label.topic] }, make("text", look, ...spans))
  }

  /** The topic whose label is under a pixel, or −1. */
  at(px, py) {
    const hit = this.placed.find(
      label => Math.abs(px - label.x) <= label.width / 2 && Math.abs(py - label.y) <= label.height / 2,
    )
    return hit ? hit.topic : -1
  }
}
