// A small picture of where one paper lies on the map: how many papers lie in each cell of a
// grid, those of its topic in the topic's colour, and a ring around the paper.

const SVG = "http://www.w3.org/2000/svg"

export default function place({ parentElement, data }) {
  let picture = parentElement.querySelector("svg")
  if (!picture) {
    picture = document.createElementNS(SVG, "svg")
    picture.setAttribute("role", "img")
    parentElement.append(picture)
  }
  const written = JSON.stringify(data)
  if (picture.dataset.written === written) return
  picture.dataset.written = written
  picture.setAttribute("viewBox", `-2 -2 ${data.columns + 4} ${data.rows + 4}`)
  picture.setAttribute("aria-label", data.name)
  const [x, y] = data.paper
  picture.replaceChildren(
    ...cells(data.all, data.columns, "all", ""),
    ...cells(data.topic, data.columns, "topic", data.colour),
    shape("circle", { cx: x, cy: y, r: 1.9, class: "halo" }),
    shape("circle", { cx: x, cy: y, r: 1.9, class: "ring" }),
    shape("circle", { cx: x, cy: y, r: 0.5, class: "dot" }),
  )
}

/** A square for each cell of the grid that is not empty, the denser the darker. */
function cells(shades, columns, name, colour) {
  return shades.flatMap((shade, i) => {
    if (!shade) return []
    const look = { x: i % columns, y: Math.floor(i / columns), width: 1, height: 1, class: name }
    return [shape("rect", { ...look, "fill-opacity": shade, ...(colour ? { fill: colour } : {}) })]
  })
}

function shape(name, attributes) {
  const element = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
  return element
}
