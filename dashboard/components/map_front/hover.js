// What is under the pointer: topic and year at once, the title as soon as the server has said it.

const REACH = 9 // pixels around the pointer
const NEIGHBOURS = 40 // titles asked for along with the one that is needed
const PAUSE = 40 // milliseconds the pointer rests before we ask
const KEPT = 20000 // titles remembered

class Hover {
  constructor(map) {
    this.map = map
    this.titles = new Map()
    this.asked = new Set()
    this.row = -1
    this.title = make("div", { class: "te-tip-title" })
    this.dot = make("span", { class: "te-dot" })
    this.topic = make("span", { class: "te-tip-topic" })
    this.year = make("span", { class: "te-tip-year" })
    this.tip = make("div", { class: "te-tip", role: "tooltip", hidden: "" }, make("div", { class: "te-tip-head" }, this.dot, this.topic, this.year), this.title)
  }

  /** The paper nearest to a pixel, or −1. */
  paperAt(px, py, reach = REACH) {
    const { camera, points, weights } = this.map
    const [x, y] = camera.toMap(px, py)
    const near = Math.max(reach, this.map.radius + 3) / camera.scale
    // A paper brought forward wins over a faded one that is a little nearer.
    const forward = points.grid.nearest(x, y, near, 1, i => weights.level[i] >= PLAIN)
    if (forward.length) return forward[0]
    return points.grid.nearest(x, y, near, 1, i => weights.level[i] !== HIDDEN)[0] ?? -1
  }

  /** Show what is at a pixel. */
  move(px, py) {
    const row = this.paperAt(px, py)
    if (row !== this.row) this.show(row, px, py)
    else if (row >= 0) this.settle(px, py)
  }

  show(row, px, py) {
    this.row = row
    this.map.ring(row)
    if (row < 0) return this.hide()
    const { points, surface } = this.map
    const { names } = points
    const name = names.above[this.map.spec.level][points.topic[row]] ?? -1
    this.topic.textContent = name < 0 ? "Outside every topic" : names.label[name]
    this.dot.style.background = name < 0 ? points.outlier[surface.name] : names.dot[surface.name][name]
    this.year.textContent = points.year[row] ? String(points.year[row]) : "undated"
    this.tell()
    this.tip.hidden = false
    this.settle(px, py)
    clearTimeout(this.timer)
    if (!this.titles.has(row)) this.timer = setTimeout(() => this.ask(row), PAUSE)
  }

  /** The title if it is known, else a line that says it is coming. */
  tell() {
    const title = this.titles.get(this.row)
    this.title.textContent = title ?? "…"
    this.title.classList.toggle("te-coming", title === undefined)
  }

  /** Beside the pointer, inside the map. */
  settle(px, py) {
    const { camera } = this.map
    const { offsetWidth: width, offsetHeight: height } = this.tip
    const x = px + 16 + width > camera.width ? px - 14 - width : px + 16
    const y = py + 18 + height > camera.height ? py - 12 - height : py + 18
    this.tip.style.transform = `translate(${Math.max(4, x)}px, ${Math.max(4, y)}px)`
  }

  hide() {
    this.row = -1
    this.tip.hidden = true
    clearTimeout(this.timer)
    this.map.ring(-1)
  }

  /** Asks for a title and, while at it, for those around it: the pointer will go there next. */
  ask(row) {
    const { camera, points, weights } = this.map
    const around = points.grid.nearest(points.x[row], points.y[row], 40 / camera.scale, NEIGHBOURS, i => weights.level[i] !== HIDDEN && !this.titles.has(i))
    const rows = [...new Set([row, ...around])].slice(0, NEIGHBOURS)
    this.map.ask(rows)
  }

  learn(rows, titles) {
    if (this.titles.size > KEPT) this.titles.clear()
    rows.forEach((row, i) => this.titles.set(row, titles[i]))
    if (this.row >= 0 && this.titles.has(this.row)) this.tell()
  }
}
