// The surface the map is drawn on: colours and fonts of Streamlit's theme, small DOM helpers.

const SVG = "http://www.w3.org/2000/svg"

/** An element with attributes and children; text is always text, never markup. */
function make(tag, attributes = {}, ...children) {
  const inSvg = ["svg", "path", "g", "text", "tspan", "circle", "polygon", "polyline", "rect", "title", "image"]
  const element = inSvg.includes(tag) ? document.createElementNS(SVG, tag) : document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) if (value != null) element.setAttribute(name, value)
  element.append(...children)
  return element
}

/** [red, green, blue] in 0…255 of "#rrggbb" or "rgb(r, g, b)". */
function rgb(colour) {
  if (colour.startsWith("#")) {
    const digits = colour.length === 4 ? [...colour.slice(1)].map(d => d + d).join("") : colour.slice(1, 7)
    return [0, 2, 4].map(i => parseInt(digits.slice(i, i + 2), 16))
  }
  return colour.match(/[\d.]+/g).slice(0, 3).map(Number)
}

/** What Streamlit's theme says now. */
function readSurface(root) {
  const style = getComputedStyle(root.host ?? root)
  const read = (name, otherwise) => {
    const value = style.getPropertyValue(name).trim()
    return value && value !== "unset" ? value : otherwise
  }
  const paper = read("--st-background-color", "#ffffff")
  const [r, g, b] = rgb(paper)
  return {
    name: 0.299 * r + 0.587 * g + 0.114 * b < 128 ? "dark" : "light",
    paper,
    ink: read("--st-text-color", "#222222"),
    accent: read("--st-primary-color", "#97391f"),
    font: read("--st-font", "sans-serif"),
    heading: read("--st-heading-font", "serif"),
  }
}

/** 12345 → "12,345". */
const counted = n => n.toLocaleString("en")
