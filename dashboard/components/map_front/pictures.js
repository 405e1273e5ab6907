// The map as a picture to take away: PNG at twice the screen's size, or SVG with every paper a vector.

const PICTURE_RATIO = 2
const CAPTION_ROOM = 30 // pixels under the map

/** Hands a file to the reader. */
function save(blob, name) {
  const link = make("a", { href: URL.createObjectURL(blob), download: name })
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60000)
}

/** What stands under a picture: how much is drawn, and where it comes from. */
const captionOf = map => [map.countText(), map.spec.caption].filter(Boolean).join(" · ")

function savePng(map) {
  const { camera, surface, labels } = map
  const canvas = make("canvas", { width: camera.width * PICTURE_RATIO, height: (camera.height + CAPTION_ROOM) * PICTURE_RATIO })
  const context = canvas.getContext("2d")
  context.scale(PICTURE_RATIO, PICTURE_RATIO)
  context.fillStyle = surface.paper
  context.fillRect(0, 0, camera.width, camera.height + CAPTION_ROOM)
  if (map.glow) drawGlow(context, map.glow, camera, surface)
  map.painter.draw(camera, map.radius, surface, PICTURE_RATIO)
  context.drawImage(map.painter.canvas, 0, 0, camera.width, camera.height) // in the same task, before the browser clears it
  Object.assign(context, { textAlign: "center", textBaseline: "middle", lineJoin: "round" })
  for (const label of labels.placed) {
    Object.assign(context, { font: label.font, fillStyle: label.colour, strokeStyle: surface.paper, lineWidth: label.size * 0.3 })
    context.globalAlpha = label.dimmed ? 0.35 : 1
    label.lines.forEach((line, i) => {
      const y = label.y + (i - (label.lines.length - 1) / 2) * label.size * LINE
      context.strokeText(line, label.x, y)
      context.fillText(line, label.x, y)
    })
  }
  context.globalAlpha = 1
  const region = map.regionOnScreen()
  if (region) {
    context.beginPath()
    region.forEach(([x, y]) => context.lineTo(x, y))
    context.closePath()
    Object.assign(context, { strokeStyle: surface.ink, lineWidth: 1.25 })
    context.stroke()
  }
  Object.assign(context, { font: `12px ${surface.font}`, fillStyle: surface.ink, textAlign: "left" })
  context.fillText(captionOf(map), 12, camera.height + CAPTION_ROOM / 2)
  map.redraw()
  canvas.toBlob(blob => save(blob, "topic-map.png"))
}

function saveSvg(map) {
  const { camera, surface, points } = map
  const { look, order } = map.dressed
  const size = { width: camera.width, height: camera.height + CAPTION_ROOM }
  const picture = make("svg", { xmlns: SVG, viewBox: `0 0 ${size.width} ${size.height}`, ...size })
  picture.append(make("rect", { ...size, fill: surface.paper }))
  // Papers that look alike and follow each other share a path of dots: lines of no length with round ends.
  const runs = new Map()
  for (const i of order) {
    const [px, py] = camera.toScreen(points.x[i], points.y[i])
    if (px < -9 || py < -9 || px > camera.width + 9 || py > camera.height + 9) continue
    const [r, g, b, alpha, form] = look.subarray(i * 8, i * 8 + 5)
    const key = `${form}|rgb(${r},${g},${b})|${(alpha / 255).toFixed(2)}`
    if (!runs.has(key)) runs.set(key, [])
    runs.get(key).push(`M${px.toFixed(1)} ${py.toFixed(1)}h0`)
  }
  for (const [key, dots] of [...runs].sort((a, b) => parseInt(a[0]) - parseInt(b[0]))) {
    const [form, colour, alpha] = key.split("|")
    const width = ((2 * map.radius * form) / 16).toFixed(2)
    picture.append(make("path", { d: dots.join(""), stroke: colour, "stroke-opacity": alpha, "stroke-width": width, "stroke-linecap": "round" }))
  }
  const region = map.regionOnScreen()
  if (region) picture.append(make("polygon", { points: region.map(p => p.map(v => v.toFixed(1)).join()).join(" "), fill: "none", stroke: surface.ink }))
  for (const label of map.labels.placed) {
    const node = map.labels.draw(label, surface)
    node.setAttribute("transform", `translate(${label.x.toFixed(1)} ${label.y.toFixed(1)})`)
    if (label.dimmed) node.setAttribute("opacity", 0.35)
    picture.append(node)
  }
  const caption = { x: 12, y: camera.height + 19, fill: surface.ink, "font-family": surface.font, "font-size": 12 }
  picture.append(make("text", caption, captionOf(map)))
  const text = new XMLSerializer().serializeToString(picture).replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, "")
  save(new Blob([text], { type: "image/svg+xml" }), "topic-map.svg")
}
