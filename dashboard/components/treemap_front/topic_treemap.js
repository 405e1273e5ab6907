// Topics as rectangles, each a real link. Where they lie is worked out on the server, for a wide
// and for a tall picture; here the one that suits the page is taken. Texts are set as text, never as markup.

const NARROW = 640 // pixels; below, the picture is tall
const LETTER = 0.56 // mean width of a letter, in font sizes

export default drawnComponent(framed, draw, ({ frame, form }) => formFor(frame) !== form)

function framed(root) {
  const frame = element("nav", "treemap")
  const foot = element("div", "foot")
  const save = saveButton()
  foot.append(save)
  root.append(frame, foot)
  const state = { frame, foot, save, form: "" }
  save.addEventListener("click", () => saved(state))
  return state
}

function formFor(frame) {
  return frame.clientWidth < NARROW ? "tall" : "wide"
}

function draw(state) {
  const { frame, save, data } = state
  state.form = formFor(frame)
  const held = frame.getRootNode().activeElement?.getAttribute?.("href")
  frame.setAttribute("aria-label", data.name)
  save.setAttribute("aria-label", `${save.textContent}: ${data.name}`)
  frame.style.aspectRatio = `1 / ${data.shapes[state.form]}`
  frame.replaceChildren(...data.cells.map((cell, i) => link(state, cell, data.boxes[state.form][i])))
  if (held) [...frame.querySelectorAll("a")].find((each) => each.getAttribute("href") === held)?.focus()
}

function link(state, cell, { box, inner }) {
  const each = element("a", "")
  leadTo(each, cell.query, state)
  each.title = [cell.label, cell.note, cell.hint].filter(Boolean).join("\n")
  each.setAttribute("aria-label", `${cell.label}, ${cell.note}`)
  each.style.setProperty("--colour", cell.colour)
  place(each, box)
  const face = element("div", "cell")
  inner.forEach((part, i) => {
    const name = element("span", "")
    name.textContent = cell.inner[i]
    const within = place(element("span", part[1] < 1 ? "inner top" : "inner"), part)
    within.setAttribute("aria-hidden", "true")
    within.append(name)
    face.append(within)
  })
  for (const [name, text] of [["label", cell.label], ["note", cell.note]]) {
    const line = element("span", name)
    line.textContent = text
    face.append(line)
  }
  each.append(face)
  return each
}

function place(each, box) {
  for (const [i, side] of ["left", "top", "width", "height"].entries()) each.style[side] = `${box[i]}%`
  return each
}

function element(tag, name) {
  const made = document.createElement(tag)
  if (name) made.className = name
  return made
}

/** The picture as a file of its own, as wide as on the page. */
function saved({ frame, data, form }) {
  const [width, height] = [frame.clientWidth, frame.clientHeight]
  const look = getComputedStyle(frame)
  const ink = look.getPropertyValue("color")
  const picture = shape("svg", { xmlns: SVG, width, height: height + 26, viewBox: `0 0 ${width} ${height + 26}` })
  picture.append(shape("rect", { width: "100%", height: "100%", fill: look.getPropertyValue("--st-background-color") }))
  data.cells.forEach((cell, i) => {
    const [x, y, wide, high] = data.boxes[form][i].box.map((value, side) => (value / 100) * (side % 2 ? height : width))
    const size = Math.max(10, Math.min(22, Math.min(wide, high) * 0.11))
    picture.append(shape("rect", { x: x + 1, y: y + 1, width: Math.max(0, wide - 2), height: Math.max(0, high - 2), fill: cell.colour, "fill-opacity": 0.28, stroke: cell.colour }))
    const fits = Math.floor((wide - 14) / (size * LETTER))
    if (fits < 4 || high < size + 12) return
    const lines = wrapped(cell.label, fits).slice(0, Math.max(1, Math.floor((high - 10) / (size * 1.25)) - 1))
    for (const [n, text] of [...lines, cell.note].entries()) {
      const isNote = n === lines.length
      const down = y + 6 + size + n * size * 1.25
      if (down > y + high - 4 || text.length > fits * (isNote ? 1.2 : 1)) continue
      const line = shape("text", { x: x + 8, y: down, fill: ink, "font-size": isNote ? Math.min(12, size) : size, "font-weight": isNote ? 400 : 600, "font-family": isNote ? "sans-serif" : "serif" })
      line.textContent = text
      picture.append(line)
    }
  })
  const source = shape("text", { x: 2, y: height + 18, fill: ink, "font-size": 11, "font-family": "sans-serif" })
  source.textContent = data.source
  picture.append(source)
  giveAway(picture, data.file)
}

function wrapped(text, fits) {
  const lines = [""]
  for (const word of text.split(" ")) {
    const longer = lines.at(-1) ? `${lines.at(-1)} ${word}` : word
    if (longer.length <= fits || !lines.at(-1)) lines[lines.length - 1] = longer
    else lines.push(word)
  }
  return lines
}
