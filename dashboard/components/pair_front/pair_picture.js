// Shares of two sides with their intervals: a row for each topic, or two lines over time. Side A
// is round and whole, side B square and dashed, so that colour is not needed. Drawn anew when
// the data or the width changes; all texts are set as text, never as markup.

const SVG = "http://www.w3.org/2000/svg"
const LETTER = 6.6 // about as wide as a letter of 12 pixels
const NARROWEST = 80 // pixels; less it has only while it is not laid out, as on a page that is being left
const KEPT = ["fill", "fill-opacity", "stroke", "stroke-opacity", "stroke-width", "font-family", "font-size"]
const states = new WeakMap()

export default function pairPicture({ parentElement, data, setTriggerValue }) {
  let state = states.get(parentElement)
  if (!state) {
    state = framed(parentElement)
    states.set(parentElement, state)
  }
  state.send = setTriggerValue
  const written = JSON.stringify({ ...data, here: "" })
  const changed = state.written !== written
  state.data = data
  state.written = written
  if (changed) draw(state)
  return () => {
    state.watch.disconnect()
    state.frame.remove()
    states.delete(parentElement)
  }
}

function framed(root) {
  const [frame, tip, foot, note, save] = ["div", "div", "div", "span", "button"].map((tag) => document.createElement(tag))
  for (const [element, name] of [[frame, "pair"], [tip, "tip"], [foot, "foot"], [note, "note"]]) element.className = name
  const picture = shape("svg", { role: "group" })
  save.type = "button"
  save.textContent = "Save as SVG"
  tip.hidden = true
  tip.setAttribute("aria-hidden", "true")
  foot.append(note, save)
  frame.append(picture, tip, foot)
  root.append(frame)
  const state = { frame, picture, tip, note, save, width: 0 }
  save.addEventListener("click", () => saved(state))
  picture.addEventListener("keydown", (event) => move(state, event))
  // In the next frame: drawing changes the height, and so what is watched.
  state.watch = new ResizeObserver(() => {
    requestAnimationFrame(() => {
      if (state.data && frame.isConnected && frame.clientWidth !== state.width) draw(state)
    })
  })
  state.watch.observe(frame)
  return state
}

function draw(state) {
  const { data, picture, frame, note, save } = state
  state.width = frame.clientWidth
  if (state.width < NARROWEST) return
  state.tip.hidden = true
  note.textContent = data.note
  save.setAttribute("aria-label", `${save.textContent}: ${data.name}`)
  picture.setAttribute("aria-label", `${data.name}. ${data.words}`)
  const held = picture.getRootNode().activeElement?.dataset?.place
  const parts = data.look === "mix" ? mix(state) : lines(state)
  picture.setAttribute("height", state.height)
  picture.setAttribute("viewBox", `0 0 ${state.width} ${state.height}`)
  picture.replaceChildren(...parts)
  const links = [...picture.querySelectorAll("a")]
  const kept = links.find((link) => link.dataset.place === held)
  for (const link of links) link.setAttribute("tabindex", link === (kept ?? links[0]) ? 0 : -1)
  kept?.focus()
}

/** A row for each topic: the two shares as points with their intervals. Narrow pictures have the name above. */
function mix(state) {
  const { data, width } = state
  const narrow = width < 560
  const [high, figures] = [narrow ? 44 : 30, narrow ? 0 : 96]
  const left = narrow ? 8 : Math.round(width * 0.42)
  const right = width - figures - 10
  const top = 24
  state.height = top + high * data.rows.length + 8
  const most = Math.max(...data.rows.flatMap((row) => [row.a[2], row.b[2]]), 0.001)
  const ticks = ticksUpTo(most)
  const across = (share) => left + ((right - left) * share) / Math.max(ticks.at(-1), most)
  const parts = []
  for (const tick of ticks) {
    const x = across(tick)
    if (x > right + 1) continue
    parts.push(shape("line", { x1: x, x2: x, y1: top - 4, y2: state.height - 4, class: tick ? "grid" : "ground" }))
    parts.push(label(x, top - 10, tick ? "middle" : "start", percent(tick), "quiet"))
  }
  data.rows.forEach((row, i) => {
    const start = top + i * high
    const middle = start + (narrow ? 31 : high / 2)
    const link = linked(state, row, i)
    link.append(shape("rect", { x: 0, y: start, width, height: high, class: "slot", rx: 3 }))
    const room = Math.floor((narrow ? width - 100 : left - 22) / 7.2)
    link.append(label(0, narrow ? start + 15 : middle + 5, "start", short(row.label, room), "topic"))
    link.append(label(width, narrow ? start + 15 : middle + 4, "end", row.figures, "quiet"))
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
  return parts
}

/** Two lines over the periods, with their bands. */
function lines(state) {
  const { data, width } = state
  const [top, below] = [26, 24]
  state.height = 230
  const bottom = state.height - below
  const [middle, end] = [0, 2].map((at) => Math.max(...data.rows.flatMap((row) => [row.a[at], row.b[at]]), 0.001))
  const most = Math.min(1.05 * end, 2.5 * middle) // of bands wider than that the ends are cut off
  const ticks = ticksUpTo(most)
  const left = LETTER * percent(ticks.at(-1)).length + 10
  const step = (width - left - 4) / data.rows.length
  const x = (i) => left + (i + 0.5) * step
  const y = (share) => bottom - ((bottom - top) * Math.min(share, most)) / most
  const parts = []
  for (const tick of ticks) {
    if (tick > most) continue
    parts.push(shape("line", { x1: left, x2: width - 4, y1: y(tick), y2: y(tick), class: tick ? "grid" : "ground" }))
    parts.push(label(left - 6, y(tick) + 4, "end", percent(tick), "quiet"))
  }
  const each = Math.ceil((LETTER * data.rows[0].label.length + 14) / step)
  data.rows.forEach((row, i) => {
    if (i % each === 0) parts.push(label(x(i), state.height - 6, "middle", row.label, "quiet"))
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
    slot.addEventListener("pointerenter", () => tell(state, row, x(i)))
    slot.addEventListener("pointerleave", () => (state.tip.hidden = true))
    parts.push(slot)
  })
  return parts
}

function linked(state, row, i) {
  const link = shape("a", { "data-place": i, href: `?${row.query}`, "aria-label": row.words })
  link.addEventListener("click", (event) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    state.send("follow", [row.query, state.data.here])
  })
  const title = shape("title", {})
  title.textContent = row.words
  link.append(title)
  return link
}

function mark(place, x, y, colour, size) {
  if (place === "a") return shape("circle", { cx: x, cy: y, r: size, fill: colour })
  return shape("rect", { x: x - size, y: y - size, width: 2 * size, height: 2 * size, fill: colour })
}

function tell({ tip, width }, row, middle) {
  tip.textContent = row.words
  tip.hidden = false
  const half = tip.offsetWidth / 2
  tip.style.left = `${Math.max(0, Math.min(middle - half, width - 2 * half))}px`
}

/** Arrow keys lead from row to row: all of them are one stop of the Tab key. */
function move({ picture }, event) {
  const links = [...picture.querySelectorAll("a")]
  const at = links.indexOf(event.target)
  const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: links.length - 1 }[event.key]
  if (at < 0 || !links[to]) return
  event.preventDefault()
  links[at].setAttribute("tabindex", -1)
  links[to].setAttribute("tabindex", 0)
  links[to].focus()
}

/** Zero and two to four round shares, the last of them at or just above `most`. */
function ticksUpTo(most) {
  const rough = most / 3
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((times) => times * power).find((size) => size >= rough * 0.999)
  return Array.from({ length: Math.ceil(most / step) + 1 }, (_, i) => i * step).filter((tick) => tick <= 1.0001)
}

function percent(share) {
  return `${Number((100 * share).toPrecision(3))}%`
}

function short(text, room) {
  const letters = [...text]
  return letters.length <= room ? text : `${letters.slice(0, Math.max(room - 1, 1)).join("").trimEnd()}…`
}

function label(x, y, anchor, text, look) {
  const element = shape("text", { x, y, "text-anchor": anchor, "aria-hidden": "true", class: look })
  element.textContent = text
  return element
}

function shape(name, attributes) {
  const element = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
  return element
}

/** The picture as a file of its own: the colours of the page written into it, the links left out. */
function saved({ picture, data, width, height }) {
  const copy = picture.cloneNode(true)
  const [here, there] = [picture, copy].map((root) => [...root.querySelectorAll("rect, line, text, polyline, polygon, circle")])
  there.forEach((element, i) => {
    const look = getComputedStyle(here[i])
    if (element.classList.contains("slot")) element.remove()
    else for (const name of KEPT) element.setAttribute(name, look.getPropertyValue(name))
  })
  for (const link of copy.querySelectorAll("a")) link.replaceWith(...link.childNodes)
  const style = getComputedStyle(picture)
  const ground = shape("rect", { width: "100%", height: "100%", fill: style.getPropertyValue("--st-background-color") })
  const key = `● ${data.names[0]}   ■ ${data.names[1]}`
  const below = [key, data.source].map((text, i) => label(0, height + 16 * (i + 1), "start", text, ""))
  for (const text of below) {
    for (const [name, value] of Object.entries({ fill: style.getPropertyValue("color"), "font-size": "11px", "font-family": "sans-serif" })) text.setAttribute(name, value)
  }
  copy.prepend(ground)
  copy.append(...below)
  const total = height + 40
  for (const [name, value] of Object.entries({ xmlns: SVG, width, height: total, viewBox: `0 0 ${width} ${total}` })) copy.setAttribute(name, value)
  const link = document.createElement("a")
  link.href = URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(copy)], { type: "image/svg+xml" }))
  link.download = `${data.file}.svg`
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 1000)
}
