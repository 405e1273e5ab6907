// A bar for each period, each a real link to its papers. Drawn anew when the data or the
// width changes; all texts are set as text, never as markup.

const SVG = "http://www.w3.org/2000/svg"
const HEIGHT = 190 // pixels, of which these are not bars:
const [ABOVE, BELOW, RIGHT] = [26, 22, 2]
const LETTER = 7 // about as wide as a digit
const KEPT = ["fill", "fill-opacity", "stroke", "stroke-opacity", "stroke-width", "font-family", "font-size"]
const states = new WeakMap()

export default function periodBars({ parentElement, data, setTriggerValue }) {
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

/** The parts that stay: the picture, what is said of the bar pointed at, and the foot. */
function framed(root) {
  const [frame, tip, foot, note, save] = ["div", "div", "div", "span", "button"].map((tag) => document.createElement(tag))
  for (const [element, name] of [[frame, "bars"], [tip, "tip"], [foot, "foot"], [note, "note"]]) element.className = name
  const picture = shape("svg", { role: "group", height: HEIGHT })
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
  state.watch = new ResizeObserver(() => {
    if (state.data && frame.clientWidth !== state.width) draw(state)
  })
  state.watch.observe(frame)
  return state
}

function draw(state) {
  const { data, picture, frame, tip, note, save } = state
  const width = (state.width = frame.clientWidth)
  tip.hidden = true
  note.textContent = data.note
  save.setAttribute("aria-label", `${save.textContent}: ${data.name}`)
  picture.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`)
  picture.setAttribute("aria-label", inWords(data))
  const most = Math.max(...data.counts, 1)
  const ticks = ticksUpTo(most)
  const left = LETTER * written(ticks.at(-1)).length + 8
  const bottom = HEIGHT - BELOW
  const rise = (count) => ((bottom - ABOVE) * count) / Math.max(most, ticks.at(-1))
  const step = (width - left - RIGHT) / data.periods.length
  const parts = [hatching()]
  for (const tick of ticks) {
    const y = bottom - rise(tick)
    parts.push(shape("line", { x1: left, x2: width - RIGHT, y1: y, y2: y, class: tick ? "grid" : "ground" }))
    parts.push(label(left - 6, y + 4, "end", written(tick)))
  }
  const each = Math.ceil((LETTER * data.periods[0].length + 12) / step)
  data.periods.forEach((period, i) => {
    const middle = left + (i + 0.5) * step
    parts.push(bar(state, i, middle, step, rise(data.counts[i]), bottom))
    const [from, to] = [middle, LETTER * period.length * 0.5]
    if (i % each === 0 && from + to <= width + 4) parts.push(label(middle, HEIGHT - 6, "middle", period))
  })
  const held = picture.getRootNode().activeElement?.dataset?.place
  picture.replaceChildren(...parts)
  const links = [...picture.querySelectorAll("a")]
  const kept = links.find((link) => link.dataset.place === held)
  for (const link of links) link.setAttribute("tabindex", link === (kept ?? links.at(-1)) ? 0 : -1)
  kept?.focus()
}

/** One period: its bar, and the slot around it that a pointer finds. */
function bar(state, i, middle, step, high, bottom) {
  const { periods, counts, partial, template } = state.data
  const wide = Math.max(1, Math.min(0.8 * step, step - 1))
  const box = { x: middle - wide / 2, y: bottom - high, width: wide, height: high, rx: Math.min(2, wide / 4) }
  const slot = shape("rect", { x: middle - step / 2, y: ABOVE - 4, width: step, height: bottom - ABOVE + 4, class: "slot" })
  const drawn = periods[i] === partial ? [{ fill: "url(#hatching)" }, { class: "edge" }] : [{ class: "bar" }]
  const within = counts[i] ? shape("a", { "data-place": i }) : shape("g", {})
  within.append(slot, ...drawn.map((look) => shape("rect", { ...box, ...look })))
  for (const kind of ["pointerenter", "focus"]) within.addEventListener(kind, () => tell(state, i, middle))
  for (const kind of ["pointerleave", "blur"]) within.addEventListener(kind, () => (state.tip.hidden = true))
  if (!counts[i]) return within
  const query = template.replace("%00", encodeURIComponent(periods[i]))
  within.setAttribute("href", `?${query}`)
  within.setAttribute("aria-label", said(state.data, i))
  within.addEventListener("click", (event) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    state.send("follow", [query, state.data.here])
  })
  return within
}

function tell({ data, tip, width }, i, middle) {
  const period = document.createElement("b")
  period.textContent = data.periods[i]
  tip.replaceChildren(period, said(data, i).slice(data.periods[i].length))
  tip.hidden = false
  const half = tip.offsetWidth / 2
  tip.style.left = `${Math.max(0, Math.min(middle - half, width - 2 * half))}px`
}

/** Arrow keys lead from bar to bar: all of them are one stop of the Tab key. */
function move({ picture }, event) {
  const links = [...picture.querySelectorAll("a")]
  const at = links.indexOf(event.target)
  const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: links.length - 1 }[event.key]
  if (at < 0 || !links[to]) return
  event.preventDefault()
  links[at].setAttribute("tabindex", -1)
  links[to].setAttribute("tabindex", 0)
  links[to].focus()
}

function said({ periods, counts, partial }, i) {
  const noun = counts[i] === 1 ? "paper" : "papers"
  return `${periods[i]}: ${written(counts[i])} ${noun}${periods[i] === partial ? ", may be incomplete" : ""}`
}

/** The picture for those who hear it. */
function inWords({ name, periods, counts, partial }) {
  const most = counts.indexOf(Math.max(...counts))
  const span = periods.length > 1 ? `${periods[0]} to ${periods.at(-1)}` : periods[0]
  return `${name}, ${span}. Most in ${said({ periods, counts, partial }, most)}.`
}

/** Zero and two to four round numbers, the last of them at or just above `most`. */
function ticksUpTo(most) {
  const rough = most / 3
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = Math.max(1, [1, 2, 5, 10].map((times) => times * power).find((size) => size >= rough))
  return Array.from({ length: Math.ceil(most / step) + 1 }, (_, i) => i * step)
}

function written(count) {
  return count.toLocaleString("en")
}

function hatching() {
  const pattern = shape("pattern", { id: "hatching", width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" })
  pattern.append(shape("line", { x1: 0, x2: 0, y1: 0, y2: 6, class: "hatch" }))
  return pattern
}

function label(x, y, anchor, text) {
  const element = shape("text", { x, y, "text-anchor": anchor, "aria-hidden": "true" })
  element.textContent = text
  return element
}

function shape(name, attributes) {
  const element = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
  return element
}

/** The picture as a file of its own: the colours of the page written into it, the links left out. */
function saved({ picture, data, width }) {
  const copy = picture.cloneNode(true)
  const [here, there] = [picture, copy].map((root) => [...root.querySelectorAll("rect, line, text")])
  there.forEach((element, i) => {
    const look = getComputedStyle(here[i])
    if (element.classList.contains("slot")) element.remove()
    else for (const name of KEPT) element.setAttribute(name, look.getPropertyValue(name))
  })
  for (const link of copy.querySelectorAll("a")) link.replaceWith(...link.childNodes)
  const ground = shape("rect", { width: "100%", height: "100%", fill: getComputedStyle(picture).getPropertyValue("--st-background-color") })
  const source = label(0, HEIGHT + 14, "start", data.source)
  const ink = getComputedStyle(picture).getPropertyValue("color")
  for (const [name, value] of Object.entries({ fill: ink, "font-size": "11px", "font-family": "sans-serif" })) source.setAttribute(name, value)
  copy.prepend(ground)
  copy.append(source)
  for (const [name, value] of Object.entries({ xmlns: SVG, width, height: HEIGHT + 20, viewBox: `0 0 ${width} ${HEIGHT + 20}` })) copy.setAttribute(name, value)
  const link = document.createElement("a")
  link.href = URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(copy)], { type: "image/svg+xml" }))
  link.download = `${data.file}.svg`
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 1000)
}
