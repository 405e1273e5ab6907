
// What our SVG pictures have in common: the frame, links in it that the arrow keys walk, what is said of the
// place pointed at, and the file.

const LETTER = 7 // about as wide as a digit
const NARROWEST = 80 // pixels; less it has only while it is not laid out, as on a page that is being left
const KEPT = ["fill", "fill-opacity", "stroke", "stroke-opacity", "stroke-width", "stroke-dasharray", "font-family", "font-size"]

/**
 * A picture as wide as there is room.
 *
 * `draw(state)` gives the parts of the picture, its height, and the words for those who hear it; `state` has the
 * `data` and the `width`. Data of every picture: `here`, `note`, `name`, `source`, `file`.
 *
 * `walk`: `back` and `on` are the arrow keys that walk its links, which are one stop of the Tab key: at first that at
 * `start`. For other keys `jump(links, at, key)` may say which link follows that at `at`.
 */
function pictured(look, draw, walk) {
  return drawnComponent(
    (root) => framed(root, look, draw, walk),
    drawn,
    ({ frame, width }) => frame.clientWidth !== width,
  )
}

/** A picture of fixed height over the periods of a corpus. Its data also: `template`, `periods`. */
function overTime(look, height, draw) {
  const walk = { back: "ArrowLeft", on: "ArrowRight", start: -1 }
  return pictured(look, (state) => ({ height, ...draw(Object.assign(state, { height })) }), walk)
}

/** The parts that stay: the picture, what is said of the place pointed at, and the foot. */
function framed(root, look, draw, walk) {
  const [frame, tip, foot, note] = ["div", "div", "div", "span"].map((tag) => document.createElement(tag))
  for (const [element, name] of [[frame, `picture ${look}`], [tip, "tip"], [foot, "foot"], [note, "note"]]) element.className = name
  const [picture, save] = [shape("svg", { role: "group" }), saveButton()]
  tip.hidden = true
  tip.setAttribute("aria-hidden", "true")
  foot.append(note, save)
  frame.append(picture, tip, foot)
  root.append(frame)
  const state = { frame, foot, picture, tip, note, save, draw, walk, width: 0 }
  save.addEventListener("click", () => saved(state))
  picture.addEventListener("keydown", (event) => move(state, event))
  return state
}

function drawn(state) {
  const { data, picture, frame, tip, note, save, walk } = state
  const width = (state.width = frame.clientWidth)
  if (width < NARROWEST) return
  tip.hidden = true
  note.textContent = data.note
  save.setAttribute("aria-label", `${save.textContent}: ${data.name}`)
  const { parts, height, words, legend } = state.draw(state)
  Object.assign(state, { height, legend })
  picture.setAttribute("height", height)
  picture.setAttribute("viewBox", `0 0 ${width} ${height}`)
  picture.setAttribute("aria-label", words)
  const held = picture.getRootNode().activeElement?.dataset?.place
  picture.replaceChildren(...parts)
  const links = [...picture.querySelectorAll("a")]
  const kept = links.find((link) => link.dataset.place === held)
  for (const link of links) link.setAttribute("tabindex", link === (kept ?? links.at(walk.start)) ? 0 : -1)
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
  for (const kind of ["pointerenter", "focus"]) within.addEventListener(kind, () => tell(state, middle, bold(periods[i]), `: ${says}`))
  for (const kind of ["pointerleave", "blur"]) within.addEventListener(kind, () => (state.tip.hidden = true))
  if (!some) return within
  leadTo(within, template.replace("%00", encodeURIComponent(periods[i])), state)
  within.setAttribute("aria-label", `${periods[i]}: ${says}`)
  return within
}

function bold(text) {
  const element = document.createElement("b")
  element.textContent = text
  return element
}

/** Says something of the place at `middle`. */
function tell({ tip, width }, middle, ...said) {
  tip.replaceChildren(...said)
  tip.hidden = false
  const half = tip.offsetWidth / 2
  tip.style.left = `${Math.max(0, Math.min(middle - half, width - 2 * half))}px`
}

/** Arrow keys lead from link to link. */
function move({ picture, walk }, event) {
  const links = [...picture.querySelectorAll("a")]
  const at = links.indexOf(event.target)
  const to = { [walk.back]: at - 1, [walk.on]: at + 1, Home: 0, End: links.length - 1 }[event.key] ?? walk.jump?.(links, at, event.key)
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

function label(x, y, anchor, text, look = "") {
  const element = shape("text", { x, y, "text-anchor": anchor, "aria-hidden": "true", ...(look && { class: look }) })
  element.textContent = text
  return element
}

/** The picture as a file of its own: the colours of the page written into it, the links left out. */
function saved({ picture, data, width, height, legend }) {
  const copy = picture.cloneNode(true)
  const [here, there] = [picture, copy].map((root) => [...root.querySelectorAll("rect, line, text, path, circle, polyline, polygon")])
  there.forEach((element, i) => {
    const look = getComputedStyle(here[i])
    if (element.classList.contains("slot")) element.remove()
    else for (const name of KEPT) element.setAttribute(name, look.getPropertyValue(name))
  })
  for (const link of copy.querySelectorAll("a")) link.replaceWith(...link.childNodes)
  const style = getComputedStyle(picture)
  const ground = shape("rect", { width: "100%", height: "100%", fill: style.getPropertyValue("--st-background-color") })
  const written = { fill: style.getPropertyValue("color"), "font-size": "11px", "font-family": "sans-serif" }
  const below = [legend, data.source].filter(Boolean).map((text, i) => label(0, height + 14 + 16 * i, "start", text))
  for (const line of below) for (const [name, value] of Object.entries(written)) line.setAttribute(name, value)
  copy.prepend(ground)
  copy.append(...below)
  const high = height + 4 + 16 * below.length
  const sheet = { xmlns: SVG, width, height: high, viewBox: `0 0 ${width} ${high}` }
  for (const [name, value] of Object.entries(sheet)) copy.setAttribute(name, value)
  giveAway(copy, data.file)
}
