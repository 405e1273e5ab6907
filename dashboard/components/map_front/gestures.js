// Mouse, pen, fingers and keys on the map.

const STILL = 4 // pixels a press may move and still be a click
const STEP = 60 // pixels an arrow key moves the map

class Gestures {
  constructor(map, stage) {
    this.map = map
    this.stage = stage
    this.pointers = new Map()
    this.line = null
    const on = (name, handler, options) => stage.addEventListener(name, handler.bind(this), options)
    on("pointerdown", this.down)
    on("pointermove", this.moved)
    on("pointerup", this.up)
    on("pointercancel", this.cancelled)
    on("pointerleave", () => map.hover.hide())
    on("wheel", this.wheel, { passive: false })
    on("dblclick", this.doubled)
    on("keydown", this.key)
    on("blur", () => map.hover.hide())
  }

  place(event) {
    const box = this.stage.getBoundingClientRect()
    return [event.clientX - box.left, event.clientY - box.top]
  }

  down(event) {
    if (event.button !== 0) return
    const at = this.place(event)
    this.stage.setPointerCapture(event.pointerId)
    this.pointers.set(event.pointerId, at)
    this.map.stopMoving()
    if (this.pointers.size === 1) {
      this.start = at
      this.travelled = 0
      this.mode = !this.map.spec.still && event.shiftKey && this.map.mode === "pan" ? "lasso" : this.map.mode
      if (this.mode !== "pan") this.line = [at]
    } else {
      this.line = null // a second finger: pinch, whatever the mode
      this.map.sketch(null)
      this.travelled = Infinity
    }
  }

  moved(event) {
    const at = this.place(event)
    const before = this.pointers.get(event.pointerId)
    if (!before) {
      if (event.pointerType !== "touch") this.point(at)
      return
    }
    if (this.pointers.size === 2 && !this.map.spec.still) this.pinch(event.pointerId, at)
    else {
      this.travelled = Math.max(this.travelled, Math.hypot(at[0] - this.start[0], at[1] - this.start[1]))
      if (this.line && this.travelled > STILL) this.drawTo(at)
      else if (!this.line && this.travelled > STILL && !this.map.spec.still) {
        this.map.hover.hide()
        this.map.camera.pan(at[0] - before[0], at[1] - before[1])
        this.map.redraw()
      }
    }
    this.pointers.set(event.pointerId, at)
  }

  /** The pointer moves with no button down. */
  point([px, py]) {
    // A name may cover its papers: they are still told apart under it; a click takes the name.
    const overLabel = this.map.labels.at(px, py) >= 0
    this.map.hover.move(px, py)
    const clickable = overLabel || this.map.hover.row >= 0
    this.stage.style.cursor = clickable ? "pointer" : this.map.cursor
  }

  pinch(id, at) {
    const [other] = [...this.pointers].filter(([key]) => key !== id).map(([, place]) => place)
    const before = this.pointers.get(id)
    const spread = (a, b) => Math.max(8, Math.hypot(a[0] - b[0], a[1] - b[1]))
    const middle = (a, b) => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]
    const [wasX, wasY] = middle(before, other)
    const [isX, isY] = middle(at, other)
    this.map.camera.pan(isX - wasX, isY - wasY)
    this.map.camera.zoomAt(isX, isY, spread(at, other) / spread(before, other))
    this.map.redraw()
  }

  drawTo(at) {
    if (this.mode === "box") {
      const [[ax, ay]] = this.line
      this.line = [[ax, ay], [at[0], ay], at, [ax, at[1]]]
    } else if (Math.hypot(at[0] - this.line.at(-1)[0], at[1] - this.line.at(-1)[1]) >= 2) this.line.push(at)
    this.map.hover.hide()
    this.map.sketch(this.line)
  }

  up(event) {
    const at = this.place(event)
    if (!this.pointers.delete(event.pointerId)) return
    if (this.pointers.size) return
    const { line } = this
    this.line = null
    if (this.travelled <= STILL) {
      this.map.sketch(null)
      this.click(at, event.pointerType === "touch")
    } else if (line) {
      this.map.sketch(null)
      if (line.length >= 3) this.map.chooseRegion(this.mode === "box" ? line : fewCorners(line))
    }
  }

  cancelled(event) {
    this.pointers.delete(event.pointerId)
    this.line = null
    this.map.sketch(null)
  }

  click([px, py], byTouch) {
    const topic = this.map.labels.at(px, py)
    if (topic >= 0) {
      // The second click of a double click comes closer; it does not choose the topic a second time.
      const again = topic === this.named?.topic && performance.now() - this.named.when < 450
      this.named = { topic, when: performance.now() }
      if (!again) this.map.report({ kind: "topic", topic: this.map.points.names.id[topic] })
      return
    }
    const row = this.map.hover.paperAt(px, py, byTouch ? 20 : REACH)
    if (row < 0) return this.map.hover.hide()
    if (byTouch) this.map.hover.show(row, px, py)
    this.map.report({ kind: "picked", row })
  }

  wheel(event) {
    if (this.map.spec.still) return
    event.preventDefault()
    const [px, py] = this.place(event)
    const pixels = event.deltaY * (event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 400 : 1)
    this.map.stopMoving()
    this.map.camera.zoomAt(px, py, Math.exp(-Math.max(-240, Math.min(240, pixels)) * 0.0022))
    this.map.redraw()
  }

  doubled(event) {
    if (this.map.spec.still) return
    const [px, py] = this.place(event)
    const topic = this.map.labels.at(px, py)
    if (topic >= 0) this.map.showTopic(topic)
    else if (this.map.hover.paperAt(px, py) < 0) this.map.showAll()
  }

  /** Arrows move, + and − zoom, 0 shows all, Enter opens the paper in the middle, Escape steps back. */
  key(event) {
    const { camera, hover } = this.map
    const middle = [camera.width / 2, camera.height / 2]
    const arrows = { ArrowLeft: [STEP, 0], ArrowRight: [-STEP, 0], ArrowUp: [0, STEP], ArrowDown: [0, -STEP] }
    const moves = arrows[event.key] || "+=-0".includes(event.key)
    if (moves && this.map.spec.still) return
    if (arrows[event.key]) camera.pan(...arrows[event.key])
    else if (event.key === "+" || event.key === "=") camera.zoomAt(...middle, 1.4)
    else if (event.key === "-") camera.zoomAt(...middle, 1 / 1.4)
    else if (event.key === "0") return this.map.showAll()
    else if (event.key === "Escape") return this.map.stepBack()
    else if (event.key === "Enter") {
      const row = hover.row >= 0 ? hover.row : hover.paperAt(...middle, 60)
      if (row >= 0) this.map.report({ kind: "picked", row })
      return
    } else return
    event.preventDefault()
    this.map.redraw()
    hover.show(hover.paperAt(...middle, 60), ...middle)
  }
}
