// Shares of two sides with their intervals: a row for each topic, or two lines over time. Side A
// is round and whole, side B square and dashed, so that colour is not needed.

export default pictured("pair", (state) => {
  const { look, name, names, words } = state.data
  return { ...(look === "mix" ? mix(state) : lines(state)), words: `${name}. ${words}`, legend: `● ${names[0]}   ■ ${names[1]}` }
}, { back: "ArrowUp", on: "ArrowDown", start: 0 })

/** A row for each topic: the two shares as points with their intervals. Narrow pictures have the name above. */
function mix(state) {
  const { data, width } = state
  const narrow = width < 560
  const [high, figures] = [narrow ? 44 : 30, narrow ? 0 : 96]
  const left = narrow ? 8 : Math.round(width * 0.42)
  const right = width - figures - 10
  const top = 24
  const height = top + high * data.rows.length + 8
  const most = Math.max(...data.rows.flatMap((row) => [row.a[2], row.b[2]]), 0.001)
  const ticks = sharesUpTo(most)
  const across = (share) => left + ((right - left) * share) / Math.max(ticks.at(-1), most)
  const parts = []
  for (const tick of ticks) {
    const x = across(tick)
    if (x > right + 1) continue
    parts.push(shape("line", { x1: x, x2: x, y1: top - 4, y2: height - 4, class: tick ? "grid" : "ground" }))
    parts.push(label(x, top - 10, tick ? "middle" : "start", percent(tick)))
  }
  data.rows.forEach((row, i) => {
    const start = top + i * high
    const middle = start + (narrow ? 31 : high / 2)
    const link = linked(state, row, i)
    link.append(shape("rect", { x: 0, y: start, width, height: high, class: "slot", rx: 3 }))
    const room = Math.floor((narrow ? width - 100 : left - 22) / 7.2)
    link.append(label(0, narrow ? start + 15 : middle + 5, "start", short(row.label, room), "topic"))
    link.append(label(width, narrow ? start + 15 : middle + 4, "end", row.figures))
    const [a, b] = [across(row.a[0]), across(row.b[0])]
    link.append(shape("line", { x1: a, x2: b, y1: middle, y2: middle, class: "between" }))
    for (const [place, share] of [["a", row.a], ["b", row.b]]) {
      const colour = data.colours[place === "a" ? 0 : 1]
      const y = middle + (place === "a" ? -3 : 3)
      link.append(shape("line", { x1: across(share[1]), x2: across(share[2]), y1: y, y2: y, stroke: colour, "stroke-width": 2 }))
      link.append(mark(place, across(share[0]), y, colour, 4.5))
    }
    parts.push(link)
  })
  return { parts, height }
}

/** Two lines over the periods, with their bands. */
function lines(state) {
  const { data, width } = state
  const [top, below] = [26, 24]
  const height = 230
  const bottom = height - below
  const [middle, end] = [0, 2].map((at) => Math.max(...data.rows.flatMap((row) => [row.a[at], row.b[at]]), 0.001))
  const most = Math.min(1.05 * end, 2.5 * middle) // of bands wider than that the ends are cut off
  const ticks = sharesUpTo(most)
  const left = LETTER * percent(ticks.at(-1)).length + 10
  const step = (width - left - 4) / data.rows.length
  const x = (i) => left + (i + 0.5) * step
  const y = (share) => bottom - ((bottom - top) * Math.min(share, most)) / most
  const parts = ruled(ticks.filter((tick) => tick <= most), percent, y, left, width - 4)
  const each = Math.ceil((LETTER * data.rows[0].label.length + 14) / step)
  data.rows.forEach((row, i) => {
    if (i % each === 0) parts.push(label(x(i), height - 6, "middle", row.label))
  })
  for (const [place, colour] of [["b", data.colours[1]], ["a", data.colours[0]]]) {
    const up = data.rows.map((row, i) => `${x(i).toFixed(1)},${y(row[place][2]).toFixed(1)}`)
    const down = data.rows.map((row, i) => `${x(i).toFixed(1)},${y(row[place][1]).toFixed(1)}`).reverse()
    parts.push(shape("polygon", { points: [...up, ...down].join(" "), fill: colour, "fill-opacity": 0.14 }))
    const points = data.rows.map((row, i) => `${x(i).toFixed(1)},${y(row[place][0]).toFixed(1)}`).join(" ")
    const dashes = place === "b" ? { "stroke-dasharray": "6 3" } : {}
    parts.push(shape("polyline", { points, class: "line", stroke: colour, ...dashes }))
    if (step > 9) data.rows.forEach((row, i) => parts.push(mark(place, x(i), y(row[place][0]), colour, 3)))
  }
  data.rows.forEach((row, i) => {
    const slot = shape("g", {})
    slot.append(shape("rect", { x: x(i) - step / 2, y: top - 4, width: step, height: bottom - top + 4, class: "slot" }))
    slot.addEventListener("pointerenter", () => tell(state, x(i), row.words))
    slot.addEventListener("pointerleave", () => (state.tip.hidden = true))
    parts.push(slot)
  })
  return { parts, height }
}

function linked(state, row, i) {
  const link = shape("a", { "data-place": i, "aria-label": row.words })
  leadTo(link, row.query, state)
  const title = shape("title", {})
  title.textContent = row.words
  link.append(title)
  return link
}

function mark(place, x, y, colour, size) {
  if (place === "a") return shape("circle", { cx: x, cy: y, r: size, fill: colour })
  return shape("rect", { x: x - size, y: y - size, width: 2 * size, height: 2 * size, fill: colour })
}

/** Round shares as `ticksUpTo` gives them, of which none is more than everything. */
function sharesUpTo(most) {
  return ticksUpTo(most, 0).filter((tick) => tick <= 1.0001)
}

function percent(share) {
  return `${Number((100 * share).toPrecision(3))}%`
}

function short(text, room) {
  const letters = [...text]
  return letters.length <= room ? text : `${letters.slice(0, Math.max(room - 1, 1)).join("").trimEnd()}…`
}
