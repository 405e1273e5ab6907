// Which part of the map is on the screen. Pixels are CSS pixels, y on the map runs upwards.

const MARGIN = 28 // pixels around all papers
const HEAD = 34 // and above them, where the buttons are
const DEEPEST = 400 // how many times closer than the whole map

class Camera {
  constructor(bounds) {
    this.bounds = bounds
    this.width = this.height = 1
    this.untouched = true // follows the size of the screen until somebody moves the map
    this.fit()
  }

  /** The scale (pixels per map unit) at which `bounds` fill the screen. */
  scaleFor([left, bottom, right, top], margin) {
    const wide = Math.max(right - left, 1e-6)
    const high = Math.max(top - bottom, 1e-6)
    const room = side => Math.max(side - 2 * margin, side / 3)
    return Math.min(room(this.width) / wide, room(this.height - HEAD) / high)
  }

  get wholeScale() {
    return this.scaleFor(this.bounds, MARGIN)
  }

  /** How many times closer than the whole map. */
  get zoom() {
    return this.scale / this.wholeScale
  }

  resize(width, height) {
    this.width = width
    this.height = height
    if (this.untouched) this.fit()
  }

  fit() {
    this.untouched = true
    Object.assign(this, this.placeFor(this.bounds, MARGIN))
  }

  /** Centre and scale that show `bounds`. */
  placeFor(bounds, margin = 60) {
    const [left, bottom, right, top] = bounds
    const scale = Math.min(this.scaleFor(bounds, margin), this.wholeScale * DEEPEST)
    return { x: (left + right) / 2, y: (bottom + top + HEAD / scale) / 2, scale }
  }

  /** Centre and scale that show exactly `bounds`, and more to the sides or above where the screen is of another shape. */
  placeOf([left, bottom, right, top]) {
    const scale = Math.min(this.width / Math.max(right - left, 1e-9), this.height / Math.max(top - bottom, 1e-9))
    const whole = this.wholeScale
    return {
      x: (left + right) / 2,
      y: (bottom + top) / 2,
      scale: Math.max(whole * 0.5, Math.min(whole * DEEPEST, scale)),
    }
  }

  /** Where the camera stands, for telling whether it has moved. */
  get place() {
    return this.untouched ? "whole" : [this.x, this.y, this.scale].map(value => value.toPrecision(7)).join(" ")
  }

  toScreen(x, y) {
    return [(x - this.x) * this.scale + this.width / 2, this.height / 2 - (y - this.y) * this.scale]
  }

  toMap(px, py) {
    return [(px - this.width / 2) / this.scale + this.x, (this.height / 2 - py) / this.scale + this.y]
  }

  /** Moves the map by pixels. */
  pan(dx, dy) {
    this.untouched = false
    this.x -= dx / this.scale
    this.y += dy / this.scale
    this.keepInSight()
  }

  /** Zooms by a factor, holding what is under the pixel where it is. */
  zoomAt(px, py, factor) {
    this.untouched = false
    const [x, y] = this.toMap(px, py)
    const whole = this.wholeScale
    this.scale = Math.max(whole * 0.5, Math.min(whole * DEEPEST, this.scale * factor))
    this.x = x - (px - this.width / 2) / this.scale
    this.y = y + (py - this.height / 2) / this.scale
    this.keepInSight()
  }

  /** The middle of the screen stays over the papers: nobody gets lost in empty space. */
  keepInSight() {
    const [left, bottom, right, top] = this.bounds
    this.x = Math.max(left, Math.min(right, this.x))
    this.y = Math.max(bottom, Math.min(top, this.y))
  }

  /** Left, bottom, right, top on the screen now. */
  get viewport() {
    const [left, top] = this.toMap(0, 0)
    const [right, bottom] = this.toMap(this.width, this.height)
    return [left, bottom, right, top].map(value => +value.toFixed(4))
  }
}
