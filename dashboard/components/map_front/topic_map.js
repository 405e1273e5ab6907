// The map itself: puts the parts together, follows what Streamlit says, reports what the reader does.

const ICONS = {
  pan: "M8 1.5v13M1.5 8h13M6 3.5l2-2 2 2M6 12.5l2 2 2-2M3.5 6l-2 2 2 2M12.5 6l2 2-2 2",
  lasso: "M8 2.5c3.6 0 6 1.7 6 4s-2.4 4-6 4-6-1.7-6-4 2.4-4 6-4M5 10c-1.8.6-1.8 2.9 0 2.9 1.3 0 1.2 1.4 0 2",
  box: "M2.5 2.5h2.5M7 2.5h2M11 2.5h2.5v2.5M13.5 7v2M13.5 11v2.5H11M9 13.5H7M5 13.5H2.5V11M2.5 9V7M2.5 5V2.5",
  closer: "M8 3v10M3 8h10",
  farther: "M3 8h10",
  all: "M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10",
}
const BUTTONS = [
  [["pan", "Move the map (drag)"], ["lasso", "Lasso: draw around papers (or Shift-drag)"], ["box", "Box: papers in a rectangle"]],
  [["closer", "Closer"], ["farther", "Farther"], ["all", "Show all papers"]],
  [["png", "Save as PNG"], ["svg", "Save as SVG"]],
]
const HINT = "Scroll to zoom · click a paper or a name · Shift-drag to lasso"
const FAILED = "The map cannot be drawn in this browser. Every paper and topic is on the other pages too."
const GLIDE = matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 260 // milliseconds
const kept = new Map() // map and points → camera: coming back to a page finds the map as it was left

class TopicMap {
  constructor(root, points, component) {
    this.root = root
    this.points = points
    this.mode = "pan"
    this.camera = new Camera(points.bounds)
    this.build()
    this.hover = new Hover(this)
    this.labels = new Labels(this.labelLayer, points)
    this.stage.append(this.hover.tip)
    this.gestures = new Gestures(this, this.stage)
    this.startPainter()
    this.observer = new ResizeObserver(() => this.resized())
    document.fonts?.ready.then(() => {
      this.labels.forgetWidths()
      this.redraw()
    })
    this.update(component)
    this.observer.observe(this.stage)
  }

  build() {
    this.frame = this.root.querySelector(".te-map")
    if (!this.root.querySelector("style.te-style")) {
      const style = make("style", { class: "te-style" })
      style.textContent = STYLE
      this.root.prepend(style)
    }
    this.glowCanvas = make("canvas", { class: "te-layer", "aria-hidden": "true" })
    this.canvas = make("canvas", { class: "te-layer", "aria-hidden": "true" })
    this.regionLayer = make("g")
    this.ringLayer = make("g")
    this.labelLayer = make("g")
    this.overlay = make("svg", { class: "te-layer te-overlay", "aria-hidden": "true" }, this.regionLayer, this.labelLayer, this.ringLayer)
    this.stage = make("div", { class: "te-stage", tabindex: "0", role: "application", "aria-roledescription": "map" }, this.glowCanvas, this.canvas, this.overlay)
    this.count = make("span", { role: "status" })
    this.hint = make("span", { class: "te-hint" })
    this.clear = make("button", { type: "button", class: "te-clear", hidden: "" })
    this.clear.onclick = () => this.dropRegion()
    this.legend = make("div", { class: "te-legend", hidden: "" })
    const foot = make("div", { class: "te-foot" }, this.count, this.hint)
    this.frame.replaceChildren(this.stage, this.toolbar(), this.clear, this.legend, foot)
  }

  toolbar() {
    const actions = {
      closer: () => this.glide(this.nearer(1.8)),
      farther: () => this.glide(this.nearer(1 / 1.8)),
      all: () => this.showAll(),
      png: () => savePng(this),
      svg: () => saveSvg(this),
    }
    this.modeButtons = new Map()
    const groups = BUTTONS.map(group => {
      const buttons = group.map(([name, words]) => {
        const drawn = ICONS[name] && make("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" }, make("path", { d: ICONS[name] }))
        const face = drawn ?? name.toUpperCase()
        const button = make("button", { type: "button", title: words, "aria-label": words, "data-action": name }, face)
        button.onclick = actions[name] ?? (() => this.setMode(name))
        if (!actions[name]) this.modeButtons.set(name, button)
        return button
      })
      return make("div", { class: "te-group", role: "group" }, ...buttons)
    })
    return make("div", { class: "te-tools", role: "toolbar", "aria-label": "Map tools" }, ...groups)
  }

  startPainter() {
    const fresh = () => {
      const canvas = make("canvas", { class: "te-layer", "aria-hidden": "true" })
      this.canvas.replaceWith(canvas)
      this.canvas = canvas
      return canvas
    }
    try {
      this.painter = new WebGlPainter(this.canvas, this.points)
      this.canvas.addEventListener("webglcontextlost", event => {
        event.preventDefault()
        if (this.removed) return
        this.painter = new CanvasPainter(fresh(), this.points)
        this.dress()
      })
    } catch {
      this.painter = new CanvasPainter(fresh(), this.points)
    }
  }

  // --- what Streamlit says ------------------------------------------------------

  update(component) {
    this.component = component
    const { data: spec } = component
    const surface = readSurface(this.root)
    if (JSON.stringify(surface) !== JSON.stringify(this.surface)) this.labels.forgetWidths()
    const first = !this.spec
    this.surface = surface
    this.spec = spec
    this.region = spec.selection
    this.marked = [...readRows(spec.highlighted)]
    // As high as asked, but with its foot still on a screen that is not so high.
    this.frame.classList.toggle("te-still", spec.still)
    this.hint.textContent = spec.still ? "Click a paper or a name" : HINT
    this.stage.style.height = `min(${spec.height}px, max(400px, 100vh - 310px))`
    if (first) {
      this.setMode(this.mode)
      const before = kept.get(this.keptAs)
      if (before) Object.assign(this.camera, before)
    }
    this.resized(true)
    this.dress()
  }

  get keptAs() {
    return `${this.spec.map} ${this.spec.points}`
  }

  /** The bits of the mask that is asked for; the one before as long as it has not come. */
  get bits() {
    const mask = globalThis.topicExplorerMaps.masks?.get(this.spec.map)
    if (!this.spec.mask) this.lastBits = null
    else if (mask?.name === this.spec.mask) this.lastBits = mask.bits
    return this.lastBits
  }

  /** Who is drawn how: after any change but a move of the map. */
  dress() {
    const { points, spec } = this
    this.weights = weigh(points, this.bits, { topics: spec.topics, marked: this.marked, region: this.region })
    this.dressed = dress(points, this.weights, this.surface, spec.colourBy)
    this.painter.dress(this.dressed)
    this.glow = spec.colourBy === "topic" && points.n >= 2000 ? paintGlow(points, this.dressed.look, this.weights.level) : null
    this.tellCount()
    this.tellLegend()
    this.redraw()
  }

  // --- drawing --------------------------------------------------------------------

  resized(now = false) {
    const { clientWidth: width, clientHeight: height } = this.stage
    if (!width || !height || (!now && width === this.camera.width && height === this.camera.height)) return
    this.camera.resize(width, height)
    if (this.weights) this.redraw()
  }

  get radius() {
    const base = baseRadius(this.points.n, this.camera.width, this.camera.height)
    return Math.min(9, base * Math.pow(Math.max(1, this.camera.zoom), 0.38))
  }

  /** Draws at the next frame, once, however often it is asked. */
  redraw() {
    this.pending ??= requestAnimationFrame(() => {
      this.pending = null
      if (!this.removed) this.draw()
    })
  }

  draw() {
    const { camera, surface } = this
    const ratio = Math.min(2, devicePixelRatio || 1)
    this.painter.draw(camera, this.radius, surface, ratio)
    Object.assign(this.glowCanvas, { width: Math.round(camera.width * ratio), height: Math.round(camera.height * ratio) })
    if (this.glow) {
      const context = this.glowCanvas.getContext("2d")
      context.scale(ratio, ratio)
      drawGlow(context, this.glow, camera, surface)
    }
    this.overlay.setAttribute("viewBox", `0 0 ${camera.width} ${camera.height}`)
    this.placeLabels()
    clearTimeout(this.settling)
    this.settling = setTimeout(() => {
      this.labels.settle(camera, this.weights)
      this.placeLabels()
    }, 120)
    this.drawRegion()
    this.drawRings()
    if (!camera.untouched) {
      const { x, y, scale, untouched } = camera
      kept.set(this.keptAs, { x, y, scale, untouched })
    } else kept.delete(this.keptAs)
  }

  placeLabels() {
    const { camera, spec, surface, weights } = this
    this.labels.place(camera, weights, spec.topics, surface, spec.colourBy === "year")
    this.labels.show(surface)
  }

  regionOnScreen() {
    return this.region?.map(([x, y]) => this.camera.toScreen(x, y)) ?? null
  }

  drawRegion() {
    const lines = [this.regionOnScreen(), this.sketched].filter(Boolean)
    const text = line => line.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ")
    this.regionLayer.replaceChildren(...lines.map(line => make("polygon", { class: "te-region", points: text(line) })))
    this.clear.hidden = !this.region
  }

  /** A ring around the open paper and one around the paper under the pointer. */
  drawRings() {
    const rings = [[this.spec.paper, "te-open"], [this.ringed, "te-under"]].filter(([row]) => row >= 0 && row < this.points.n && row !== null)
    this.ringLayer.replaceChildren(
      ...rings.map(([row, name]) => {
        const [cx, cy] = this.camera.toScreen(this.points.x[row], this.points.y[row])
        return make("circle", { class: name, cx, cy, r: this.radius + (name === "te-open" ? 6 : 3.5) })
      }),
    )
  }

  ring(row) {
    if (this.ringed === row) return
    this.ringed = row
    if (this.weights) this.drawRings()
  }

  sketch(line) {
    this.sketched = line
    this.drawRegion()
  }

  countText() {
    const { nShown, nForward, narrowed } = this.weights
    const total = `${counted(nShown)} of ${counted(this.points.n)} papers drawn`
    return narrowed ? `${counted(nForward)} in focus · ${total}` : total
  }

  tellCount() {
    const text = this.countText()
    if (this.count.textContent !== text) this.count.textContent = text
    const inside = this.region ? `${counted(this.weights.nForward)} papers in the region` : ""
    this.clear.textContent = `${inside}  ×`
    this.clear.setAttribute("aria-label", `Drop the region (${inside})`)
    const help = "Arrow keys move, plus and minus zoom, 0 shows all, Enter opens the paper in the middle."
    this.stage.setAttribute("aria-label", `Map of papers, ${text}. ${help} The same papers are listed below and on the Topics page.`)
  }

  tellLegend() {
    const { years } = this.points
    this.legend.hidden = this.spec.colourBy !== "year" || !years.high
    if (this.legend.hidden) return
    const band = make("span", { class: "te-band" })
    band.style.background = `linear-gradient(90deg, ${years.colours[this.surface.name].join()})`
    this.legend.replaceChildren(String(years.low), band, String(years.high))
  }

  // --- moving -------------------------------------------------------------------------

  nearer(factor) {
    const camera = Object.assign(new Camera(this.camera.bounds), this.camera)
    camera.zoomAt(camera.width / 2, camera.height / 2, factor)
    return { x: camera.x, y: camera.y, scale: camera.scale }
  }

  showAll() {
    this.glide(this.camera.placeFor(this.camera.bounds, MARGIN), () => this.camera.fit())
  }

  /** Comes close to a topic: to where the middle nine tenths of its papers are. */
  showTopic(which) {
    const { n, topic, x, y } = this.points
    const rows = Array.from({ length: n }, (_, i) => i).filter(i => topic[i] === which)
    if (!rows.length) return
    const middle = values => {
      const sorted = Float32Array.from(rows, i => values[i]).sort()
      return [sorted[Math.floor(sorted.length * 0.05)], sorted[Math.ceil(sorted.length * 0.95) - 1]]
    }
    const [left, right] = middle(x)
    const [bottom, top] = middle(y)
    this.glide(this.camera.placeFor([left, bottom, right, top]))
  }

  /** Moves the camera to a place, softly. */
  glide(to, done = () => {}) {
    this.stopMoving()
    const from = { x: this.camera.x, y: this.camera.y, scale: this.camera.scale }
    const began = performance.now()
    const token = (this.moving = {})
    const step = now => {
      if (this.moving !== token) return
      const t = GLIDE ? Math.min(1, (now - began) / GLIDE) : 1
      const eased = 1 - (1 - t) ** 3
      this.camera.untouched = false
      this.camera.scale = from.scale * Math.pow(to.scale / from.scale, eased)
      this.camera.x = from.x + (to.x - from.x) * eased
      this.camera.y = from.y + (to.y - from.y) * eased
      if (t < 1) requestAnimationFrame(step)
      else done()
      this.redraw()
    }
    requestAnimationFrame(step)
  }

  stopMoving() {
    this.moving = null
  }

  setMode(mode) {
    this.mode = mode
    for (const [name, button] of this.modeButtons) button.setAttribute("aria-pressed", String(name === mode))
    this.stage.style.cursor = this.cursor
  }

  /** The pointer's shape where there is nothing to click. */
  get cursor() {
    if (this.spec.still) return "default"
    return this.mode === "pan" ? "grab" : "crosshair"
  }

  stepBack() {
    if (this.region) this.dropRegion()
    else this.setMode("pan")
  }

  // --- what the reader does ---------------------------------------------------------------

  /** A region in pixels: fades the rest at once, tells the server. */
  chooseRegion(line) {
    this.region = line.map(([px, py]) => this.camera.toMap(px, py).map(value => +value.toFixed(4)))
    this.dress()
    this.report({ kind: "region", polygon: this.region })
  }

  dropRegion() {
    this.region = null
    this.dress()
    this.stage.focus({ preventScroll: true })
    this.report({ kind: "cleared" })
  }

  report(event) {
    const id = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}` // none without https, except on localhost
    this.component.setStateValue("event", { id, viewport: this.camera.viewport, ...event })
  }

  ask(rows) {
    globalThis.topicExplorerMaps.ask?.get(this.spec.map)?.(rows)
  }

  remove() {
    this.removed = true
    clearTimeout(this.settling)
    this.observer.disconnect()
    this.hover.hide()
    this.painter.remove()
  }
}

/** What the components of the page share; the newest version of this code wins. */
function startEngine(shared) {
  const maps = new Map() // root → TopicMap
  shared.points ??= new Map()
  const mount = component => {
    const root = component.parentElement
    const points = shared.points.get(component.data.points)
    const map = maps.get(root)
    if (map?.points === points && points) return map.update(component)
    if (!points) return shared.waiting.set(root, component)
    map?.remove()
    try {
      maps.set(root, new TopicMap(root, points, component))
    } catch (error) {
      console.error(error)
      maps.delete(root)
      const note = make("p", { class: "te-fallback", role: "status" }, FAILED)
      root.querySelector(".te-map").replaceChildren(note)
    }
  }
  shared.engine = {
    version: VERSION,
    update: mount,
    pointsArrived() {
      for (const [root, component] of [...shared.waiting]) {
        if (!shared.points.has(component.data.points)) continue
        shared.waiting.delete(root)
        mount(component)
      }
    },
    maskArrived(name) {
      for (const map of maps.values()) if (map.spec.map === name) map.dress()
    },
    titlesArrived(name, rows, titles) {
      for (const map of maps.values()) if (map.spec.map === name) map.hover.learn(rows, titles)
    },
    remove(root) {
      maps.get(root)?.remove()
      maps.delete(root)
    },
  }
}

/** Called by Streamlit with the packed points. */
export default function ({ data }) {
  const shared = (globalThis.topicExplorerMaps ??= { waiting: new Map() })
  if (shared.engine?.version !== VERSION) startEngine(shared)
  const points = readPoints(data)
  if (!shared.points.has(points.token)) {
    while (shared.points.size >= 2) shared.points.delete(shared.points.keys().next().value) // two snapshots at most
    shared.points.set(points.token, points)
  }
  shared.engine.pointsArrived()
}
