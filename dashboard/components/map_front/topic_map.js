// The map itself: puts the parts together, follows what Streamlit says, reports what the reader does.

const HINT = "Scroll to zoom · click a paper or a name · Shift-drag to lasso"
const PATIENT = 2000 // milliseconds an answer to a gesture may take before other questions are asked
const GLIDE = matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 260 // milliseconds
const RESTED = 600 // milliseconds without a move after which the link is told what is in view

class TopicMap {
  constructor(root, points, component) {
    this.root = root
    this.points = points
    this.mode = "pan"
    this.camera = new Camera(points.bounds)
    this.windowAt = this.camera.place // where the camera stood when the link and the map last agreed
    this.saidWindow = "null" // and what the link said then
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
    const { bar, modes } = makeToolbar(this)
    this.modeButtons = modes
    this.bar = bar
    const foot = make("div", { class: "te-foot" }, this.count, this.hint)
    this.frame.replaceChildren(this.stage, bar, this.clear, this.legend, foot)
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
    const isLate = performance.now() < this.answerDue // it may answer a gesture before the last one
    this.answerDue = 0
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
    if (first) this.setMode(this.mode)
    this.resized(true)
    this.goTo(spec.window, isLate)
    this.dress()
  }

  /** The part in view that the link names, unless it is the one that was reported from here. */
  goTo(named, isLate) {
    const said = JSON.stringify(named)
    if (said === this.saidWindow || isLate) return
    if (named) Object.assign(this.camera, this.camera.placeOf(named), { untouched: false })
    else this.camera.fit()
    this.windowAt = this.camera.place
    this.saidWindow = said
  }

  /** Tells the link which part is in view, once the map has come to rest somewhere else. */
  tellWindow() {
    if (this.removed || this.spec.still || this.moving || this.gestures.pointers.size) return
    const place = this.camera.place
    if (place === this.windowAt) return
    this.windowAt = place
    this.report({ kind: "window" })
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
    this.dressed = dress(points, this.weights, this.surface, spec)
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
      this.labels.settle(camera, this.weights, this.spec.level)
      this.placeLabels()
    }, 120)
    this.drawRegion()
    this.drawRings()
    clearTimeout(this.resting)
    this.resting = setTimeout(() => this.tellWindow(), RESTED)
  }

  placeLabels() {
    const { camera, spec, surface, weights } = this
    this.labels.place(camera, weights, spec, surface, [this.barBox()])
    this.labels.show(surface)
  }

  /** Where the tool bar lies, as labels are placed: middle and size. */
  barBox() {
    const { offsetLeft: left, offsetTop: top, offsetWidth: width, offsetHeight: height } = this.bar
    return { x: left + width / 2, y: top + height / 2, width, height }
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
    const { n, topic, x, y, names } = this.points
    const within = new Set(names.finest[which])
    const rows = Array.from({ length: n }, (_, i) => i).filter(i => within.has(topic[i]))
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
    const window = this.camera.untouched ? null : this.camera.viewport
    this.windowAt = this.camera.place
    this.saidWindow = JSON.stringify(window)
    const id = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}` // none without https, except on localhost
    this.answerDue = performance.now() + PATIENT
    this.component.setStateValue("event", { id, viewport: window, ...event })
  }

  /** Asks for titles, but not while the server is busy with a gesture: that answer comes first. */
  ask(rows) {
    const wait = this.answerDue - performance.now()
    if (wait > 0) return void setTimeout(() => this.hover.row === rows[0] && this.ask(rows), Math.min(wait, 150))
    globalThis.topicExplorerMaps.ask?.get(this.spec.map)?.(rows)
  }

  remove() {
    this.removed = true
    clearTimeout(this.settling)
    clearTimeout(this.resting)
    this.observer.disconnect()
    this.hover.hide()
    this.painter.remove()
  }
}
