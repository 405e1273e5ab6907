// What our pictures over time have in common: the frame, links in it that the arrow keys walk,
// what is said of the period pointed at, and the file. A picture's own code stands behind this
// one: the two are one module. All texts are set as text, never as markup.

const SVG = "http://www.w3.org/2000/svg"
const LETTER = 7 // about as wide as a digit
const NARROWEST = 80 // pixels; less it has only while it is not laid out, as on a page that is being left
const KEPT = ["fill", "fill-opacity", "stroke", "stroke-opacity", "stroke-width", "stroke-dasharray", "font-family", "font-size"]
const states = new WeakMap()

/**
 * A component that is drawn anew when its data or its width changes.
 *
 * `draw(state)` gives the parts of the picture and the words for those who hear it; `state` has the
 * `data` and the `width`. Data of every picture: `here`, `template`, `periods`, `note`, `name`, `source`, `file`.
 */
function overTime(look, height, draw) {
  return ({ parentElement, data, setTriggerValue }) => {
    let state = states.get(parentElement)
    if (!state) {
      state = framed(parentElement, look, height, draw)
      states.set(parentElement, state)
    }
    state.send = setTriggerValue
    const written = JSON.stringify({ ...data, here: "" })
    const changed = state.written !== written
    state.data = data
    state.written = written
    if (changed) drawn(state)
    return () => {
      state.watch.disconnect()
      state.frame.remove()
      states.delete(parentElement)
    }
  }
}

/** The parts that stay: the picture, what is said of the period pointed at, and the foot. */
function framed(root, look, height, draw) {
  const [frame, tip, foot, note, save] = ["div", "div", "div", "span", "button"].map((tag) => document.createElement(tag))
  for (const [element, name] of [[frame, `picture ${look}`], [tip, "tip"], [foot, "foot"], [note, "note"]]) element.className = name
  const picture = shape("svg", { role: "group", height })
  save.type = "button"
  save.textContent = "Save as SVG"
  tip.hidden = true
  tip.setAttribute("aria-hidden", "true")
  foot.append(note, save)
  frame.append(picture, tip, foot)
  root.append(frame)
  const state = { frame, picture, tip, note, save, height, draw, width: 0 }
  save.addEventListener("click", () => saved(state))
  picture.addEventListener("keydown", (event) => move(state, event))
  state.watch = new ResizeObserver(() => {
    if (state.data && frame.clientWidth !== state.width) drawn(state)
  })
  state.watch.observe(frame)
  return state
}

function drawn(state) {
  const { data, picture, frame, tip, note, save, height } = state
  const width = (state.width = frame.clientWidth)
  if (width < NARROWEST) return
  tip.hidden = true
  note.textContent = data.note
  save.setAttribute("aria-label", `${save.textContent}: ${data.name}`)
  picture.setAttribute("viewBox", `0 0 ${width} ${height}`)
  const { parts, words } = state.draw(state)
  picture.setAttribute("aria-label", words)
  const held = picture.getRootNode().activeElement?.dataset?.place
  picture.replaceChildren(...parts)
  const links = [...picture.querySelectorAll("a")]
  const kept = links.find((link) => link.dataset.place === held)
  for (const link of links) link.setAttribute("tabindex", link === (kept ?? links.at(-1)) ? 0 : -1)
  kept?.focus()
}

/** Grid lines at `ticks`, each named by `named`; `level` is the height of a value. */
function ruled(ticks, named, level, left, right) {
  return ticks.flatMap((tick) => [
    shape("line", { x1: left, x2: right, y1: level(tick), y2: level(tick), class: tick ? "grid" : "ground" }),
    label(left - 6, level(tick) + 4, "end", named(tick)),
  ])
}

/** The names of the periods, as many of them as there is room for. */
function periodNames({ data, width, height }, left, step) {
  const each = Math.ceil((LETTER * data.periods[0].length + 12) / step)
  return data.periods.flatMap((period, i) => {
    const [middle, half] = [left + (i + 0.5) * step, LETTER * period.length * 0.5]
    return i % each === 0 && middle + half <= width + 4 ? [label(middle, height - 6, "middle", period)] : []
  })
}

/** Period `i` with its `parts` in it; a link to its papers, if it has `some`. `says` is said of it. */
function place(state, i, middle, slot, parts, some, says) {
  const { periods, template } = state.data
  const within = some ? shape("a", { "data-place": i }) : shape("g", {})
  within.append(shape("rect", { ...slot, class: "slot" }), ...parts)
  for (const kind of ["pointerenter", "focus"]) within.addEventListener(kind, () => tell(state, i, middle, says))
  for (const kind of ["pointerleave", "blur"]) within.addEventListener(kind, () => (state.tip.hidden = true))
  if (!some) return within
  const query = template.replace("%00", encodeURIComponent(periods[i]))
  within.setAttribute("href", `?${query}`)
  within.setAttribute("aria-label", `${periods[i]}: ${says}`)
  within.addEventListener("click", (event) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    state.send("follow", [query, state.data.here])
  })
  return within
}

function tell({ data, tip, width }, i, middle, says) {
  const period = document.createElement("b")
  period.textContent = data.periods[i]
  tip.replaceChildren(period, `: ${says}`)
  tip.hidden = false
  const half = tip.offsetWidth / 2
  tip.style.left = `${Math.max(0, Math.min(middle - half, width - 2 * half))}px`
}

/** Arrow keys lead from period to period: all of them are one stop of the Tab key. */
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

/** From the first period to the last, in words. */
function span(periods) {
  return periods.length > 1 ? `${periods[0]} to ${periods.at(-1)}` : periods[0]
}

/** Zero and two to four round numbers, `least` or more apart, the last of them at or just above `most`. */
function ticksUpTo(most, least = 1) {
  const rough = most / 3
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = Math.max(least, [1, 2, 5, 10].map((times) => times * power).find((size) => size >= rough))
  return Array.from({ length: Math.ceil(most / step - 1e-9) + 1 }, (_, i) => i * step)
}

function papers(count) {
  return `${written(count)} ${count === 1 ? "paper" : "papers"}`
}

function written(count) {
  return count.toLocaleString("en")
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
function saved({ picture, data, width, height }) {
  const copy = picture.cloneNode(true)
  const [here, there] = [picture, copy].map((root) => [...root.querySelectorAll("rect, line, text, path, circle")])
  there.forEach((element, i) => {
    const look = getComputedStyle(here[i])
    if (element.classList.contains("slot")) element.remove()
    else for (const name of KEPT) element.setAttribute(name, look.getPropertyValue(name))
  })
  for (const link of copy.querySelectorAll("a")) link.replaceWith(...link.childNodes)
  const ground = shape("rect", { width: "100%", height: "100%", fill: getComputedStyle(picture).getPropertyValue("--st-background-color") })
  const source = label(0, height + 14, "start", data.source)
  const ink = getComputedStyle(picture).getPropertyValue("color")
  for (const [name, value] of Object.entries({ fill: ink, "font-size": "11px", "font-family": "sans-serif" })) source.setAttribute(name, value)
  copy.prepend(ground)
  copy.append(source)
  const sheet = { xmlns: SVG, width, height: height + 20, viewBox: `0 0 ${width} ${height + 20}` }
  for (const [name, value] of Object.entries(sheet)) copy.setAttribute(name, value)
  const link = document.createElement("a")
  link.href = URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(copy)], { type: "image/svg+xml" }))
  link.download = `${data.file}.svg`
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 1000)
}
