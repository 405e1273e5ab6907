// The papers of one snapshot: where they are, their topic and year, and which is near a place.

/** Reads what dashboard/components/map_points.py packed. */
function readPoints(data) {
  const buffer = new Uint8Array(data).slice().buffer // aligned: the bytes come at an odd offset
  const bytes = new Uint8Array(buffer)
  if (String.fromCharCode(...bytes.subarray(0, 4)) !== "TEM1") throw new Error("not the map's points")
  const length = new DataView(buffer).getUint32(4, true)
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)))
  const { n } = header
  let at = 8 + length
  const take = (type, size) => {
    const part = new type(buffer, at, n)
    at += n * size
    return part
  }
  const x = take(Float32Array, 4)
  const y = take(Float32Array, 4)
  const topic = take(Int16Array, 2)
  const year = take(Int16Array, 2)
  return { ...header, names: namesOf(header.topics, header.levels), x, y, topic, year, bounds: boundsOf(x, y), grid: new Grid(x, y) }
}

/** Left, bottom, right, top of all papers. */
function boundsOf(x, y) {
  let [left, bottom, right, top] = [Infinity, Infinity, -Infinity, -Infinity]
  for (let i = 0; i < x.length; i++) {
    if (x[i] < left) left = x[i]
    if (x[i] > right) right = x[i]
    if (y[i] < bottom) bottom = y[i]
    if (y[i] > top) top = y[i]
  }
  return x.length ? [left, bottom, right, top] : [-1, -1, 1, 1]
}

/** Papers sorted into square cells, about four a cell, so that the nearest is found by looking at few. */
class Grid {
  constructor(x, y) {
    const n = x.length
    const [left, bottom, right, top] = boundsOf(x, y)
    this.x = x
    this.y = y
    this.side = Math.max(1, Math.ceil(Math.sqrt(n / 4)))
    this.left = left
    this.bottom = bottom
    this.width = (right - left) / this.side || 1
    this.height = (top - bottom) / this.side || 1
    const cell = new Uint32Array(n)
    this.starts = new Uint32Array(this.side * this.side + 1)
    for (let i = 0; i < n; i++) {
      cell[i] = this.row(y[i]) * this.side + this.column(x[i])
      this.starts[cell[i] + 1]++
    }
    for (let c = 0; c < this.side * this.side; c++) this.starts[c + 1] += this.starts[c]
    const next = this.starts.slice()
    this.members = new Uint32Array(n)
    for (let i = 0; i < n; i++) this.members[next[cell[i]]++] = i
  }

  clamp(i) {
    return Math.max(0, Math.min(this.side - 1, i))
  }

  column(x) {
    return this.clamp(Math.floor((x - this.left) / this.width))
  }

  row(y) {
    return this.clamp(Math.floor((y - this.bottom) / this.height))
  }

  /** Calls visit(row, squared distance) for every paper within radius of a place. */
  within(x, y, radius, visit) {
    const [firstColumn, lastColumn] = [this.column(x - radius), this.column(x + radius)]
    for (let r = this.row(y - radius); r <= this.row(y + radius); r++) {
      const end = this.starts[r * this.side + lastColumn + 1]
      for (let m = this.starts[r * this.side + firstColumn]; m < end; m++) {
        const i = this.members[m]
        const distance = (this.x[i] - x) ** 2 + (this.y[i] - y) ** 2
        if (distance <= radius * radius) visit(i, distance)
      }
    }
  }

  /** Up to `most` papers that `allowed` accepts within radius, nearest first. */
  nearest(x, y, radius, most, allowed) {
    const found = []
    this.within(x, y, radius, (i, distance) => allowed(i) && found.push([distance, i]))
    return found.sort((a, b) => a[0] - b[0] || a[1] - b[1]).slice(0, most).map(pair => pair[1])
  }
}
