// Draws the papers: by WebGL, or on a plain canvas where there is none. Beneath them a soft glow.

const VERTEX = `
  attribute vec2 place; attribute vec4 colour; attribute vec2 form;
  uniform vec4 view; uniform float radius; uniform float most;
  varying vec4 fill; varying float size; varying float ring;
  void main() {
    gl_Position = vec4((place - view.xy) * view.zw, 0.0, 1.0);
    size = min(most, 2.0 * radius * form.x * 255.0 / 16.0 + 2.0);
    gl_PointSize = size;
    fill = colour; ring = form.y * 255.0;
  }`

const FRAGMENT = `
  precision mediump float;
  varying vec4 fill; varying float size; varying float ring;
  uniform vec3 paper; uniform vec3 ink;
  void main() {
    float away = length(gl_PointCoord - 0.5) * size;
    float edge = size * 0.5 - 1.0;
    float cover = 1.0 - smoothstep(edge - 0.5, edge + 0.5, away);
    vec3 colour = fill.rgb;
    // Points get a rim, thin on small ones: of paper, so that neighbours stay apart; of ink when marked.
    float wide = ring > 0.5 ? 1.9 : clamp(0.13 * size, 0.6, 1.9);
    float rim = smoothstep(edge - wide, edge - 0.45 * wide, away) * step(5.0, size);
    colour = mix(colour, ring > 0.5 ? ink : paper, rim);
    float alpha = fill.a * cover;
    gl_FragColor = vec4(colour * alpha, alpha);
  }`

class WebGlPainter {
  constructor(canvas, points) {
    const options = { antialias: false, alpha: true, premultipliedAlpha: true, powerPreference: "high-performance" }
    const gl = canvas.getContext("webgl2", options) ?? canvas.getContext("webgl", options)
    if (!gl) throw new Error("no WebGL")
    if (!(gl instanceof globalThis.WebGL2RenderingContext) && !gl.getExtension("OES_element_index_uint"))
      throw new Error("WebGL without 32-bit indices")
    this.canvas = canvas
    this.gl = gl
    this.points = points
    const program = (this.program = gl.createProgram())
    for (const [kind, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
      const shader = gl.createShader(kind)
      gl.shaderSource(shader, source)
      gl.compileShader(shader)
      if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS)) throw new Error(gl.getShaderInfoLog(shader))
      gl.attachShader(program, shader)
    }
    gl.linkProgram(program)
    if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(program))
    gl.useProgram(program)
    this.at = name => gl.getUniformLocation(program, name)
    const places = new Float32Array(points.n * 2)
    // Relative to the middle: 32-bit floats are finest near zero, which deep zooms need.
    this.middle = [(points.bounds[0] + points.bounds[2]) / 2, (points.bounds[1] + points.bounds[3]) / 2]
    for (let i = 0; i < points.n; i++) {
      places[2 * i] = points.x[i] - this.middle[0]
      places[2 * i + 1] = points.y[i] - this.middle[1]
    }
    gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer())
    gl.bufferData(gl.ARRAY_BUFFER, places, gl.STATIC_DRAW)
    this.attribute("place", 2, gl.FLOAT, false, 0, 0)
    this.looks = gl.createBuffer()
    this.orders = gl.createBuffer()
    this.most = gl.getParameter(gl.ALIASED_POINT_SIZE_RANGE)[1]
    gl.enable(gl.BLEND)
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA)
  }

  attribute(name, size, type, normalised, stride, offset) {
    const { gl } = this
    const location = gl.getAttribLocation(this.program, name)
    gl.enableVertexAttribArray(location)
    gl.vertexAttribPointer(location, size, type, normalised, stride, offset)
  }

  dress({ look, order }) {
    const { gl } = this
    gl.bindBuffer(gl.ARRAY_BUFFER, this.looks)
    gl.bufferData(gl.ARRAY_BUFFER, look, gl.DYNAMIC_DRAW)
    this.attribute("colour", 4, gl.UNSIGNED_BYTE, true, 8, 0)
    this.attribute("form", 2, gl.UNSIGNED_BYTE, true, 8, 4)
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.orders)
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, order, gl.DYNAMIC_DRAW)
  }

  draw(camera, radius, surface, ratio) {
    const { gl, canvas } = this
    const [width, height] = [Math.round(camera.width * ratio), Math.round(camera.height * ratio)]
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height })
    gl.viewport(0, 0, width, height)
    gl.clearColor(0, 0, 0, 0)
    gl.clear(gl.COLOR_BUFFER_BIT)
    const across = (2 * camera.scale) / camera.width
    const up = (2 * camera.scale) / camera.height
    gl.uniform4f(this.at("view"), camera.x - this.middle[0], camera.y - this.middle[1], across, up)
    gl.uniform1f(this.at("radius"), radius * ratio)
    gl.uniform1f(this.at("most"), this.most)
    gl.uniform3fv(this.at("paper"), rgb(surface.paper).map(v => v / 255))
    gl.uniform3fv(this.at("ink"), rgb(surface.ink).map(v => v / 255))
    gl.drawElements(gl.POINTS, this.points.n, gl.UNSIGNED_INT, 0)
  }

  remove() {
    // Browsers allow few WebGL contexts a page: hand ours back at once.
    this.gl.getExtension("WEBGL_lose_context")?.loseContext()
  }
}

/** The same picture without WebGL: squares for small points, circles for large ones. */
class CanvasPainter {
  constructor(canvas, points) {
    this.canvas = canvas
    this.points = points
    this.context = canvas.getContext("2d")
  }

  dress({ look, order }) {
    this.look = look
    this.order = order
  }

  draw(camera, radius, surface, ratio) {
    const { canvas, context, look, points } = this
    Object.assign(canvas, { width: Math.round(camera.width * ratio), height: Math.round(camera.height * ratio) })
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    for (const i of this.order) {
      const [px, py] = camera.toScreen(points.x[i], points.y[i])
      if (px < -9 || py < -9 || px > camera.width + 9 || py > camera.height + 9) continue
      const [r, g, b, alpha, size] = look.subarray(i * 8, i * 8 + 5)
      const reach = (radius * size) / 16
      context.fillStyle = `rgba(${r},${g},${b},${alpha / 255})`
      if (reach < 2) context.fillRect(px - reach, py - reach, 2 * reach, 2 * reach)
      else {
        context.beginPath()
        context.arc(px, py, reach, 0, 2 * Math.PI)
        context.fill()
      }
    }
  }

  remove() {}
}

const GLOW = 160 // cells along the longer side

/** Where papers are dense, a wash of their colours: a small picture laid over the papers' bounds. */
function paintGlow(points, look, level) {
  const [left, bottom, right, top] = points.bounds
  const reach = Math.max(right - left, top - bottom, 1e-6)
  const pad = reach * 0.06
  const cell = (reach + 2 * pad) / GLOW
  const wide = Math.ceil((right - left + 2 * pad) / cell)
  const high = Math.ceil((top - bottom + 2 * pad) / cell)
  const planes = [0, 1, 2, 3].map(() => new Float32Array(wide * high)) // red, green, blue, weight
  for (let i = 0; i < points.n; i++) {
    if (level[i] < PLAIN || points.topic[i] < 0) continue
    const column = Math.floor((points.x[i] - left + pad) / cell)
    const at = Math.floor((top + pad - points.y[i]) / cell) * wide + column
    for (let c = 0; c < 3; c++) planes[c][at] += look[i * 8 + c]
    planes[3][at]++
  }
  // Four box blurs are nearly a Gaussian.
  for (const plane of planes) for (let pass = 0; pass < 4; pass++) blur(plane, wide, high, 2)
  let most = 1e-9
  for (const weight of planes[3]) most = Math.max(most, weight)
  const canvas = make("canvas", { width: wide, height: high })
  const context = canvas.getContext("2d")
  const image = context.createImageData(wide, high)
  for (let at = 0; at < wide * high; at++) {
    const weight = planes[3][at]
    if (weight <= 0) continue
    for (let c = 0; c < 3; c++) image.data[at * 4 + c] = planes[c][at] / weight
    // The floor keeps lone papers from glowing.
    image.data[at * 4 + 3] = 255 * Math.max(0, Math.pow(weight / most, 0.4) - 0.14)
  }
  context.putImageData(image, 0, 0)
  return { canvas, left: left - pad, top: top + pad, width: wide * cell, height: high * cell }
}

/** One box blur, sideways then up and down, in place. */
function blur(plane, wide, high, radius) {
  const run = (start, step, length) => {
    const line = new Float32Array(length)
    for (let i = 0; i < length; i++) line[i] = plane[start + i * step]
    let sum = 0
    for (let i = -radius; i < length; i++) {
      sum += (line[i + radius] ?? 0) - (line[i - radius - 1] ?? 0)
      if (i >= 0) plane[start + i * step] = sum / (2 * radius + 1)
    }
  }
  for (let row = 0; row < high; row++) run(row * wide, 1, wide)
  for (let column = 0; column < wide; column++) run(column, wide, high)
}

/** Lays the glow under the papers; it thins out as one comes closer and single papers take over. */
function drawGlow(context, glow, camera, surface) {
  const [px, py] = camera.toScreen(glow.left, glow.top)
  context.save()
  context.globalAlpha = (surface.name === "dark" ? 0.3 : 0.26) / Math.max(1, Math.sqrt(camera.zoom))
  context.imageSmoothingEnabled = true
  context.imageSmoothingQuality = "high"
  context.drawImage(glow.canvas, px, py, glow.width * camera.scale, glow.height * camera.scale)
  context.restore()
}
