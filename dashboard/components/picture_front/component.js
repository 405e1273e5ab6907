// What our pictures have in common: when they are drawn, links in them, and the file. A picture's own code
// stands behind this: the two are one module. All texts are set as text, never as markup.

const SVG = "http://www.w3.org/2000/svg"
const states = new WeakMap()

/**
 * A component that is drawn anew when its data changes, or its size so that it is `stale(state)`.
 *
 * `framed(parentElement)` makes the parts that stay and says which: `frame`, whose size counts, and others that go
 * with it. `drawn(state)` draws `state.data`; `state.send` reaches the server.
 */
function drawnComponent(framed, drawn, stale) {
  return ({ parentElement, data, setTriggerValue }) => {
    let state = states.get(parentElement)
    if (!state) {
      state = framed(parentElement)
      // In the next frame: drawing may change the height, and so what is watched.
      state.watch = new ResizeObserver(() => {
        requestAnimationFrame(() => {
          if (state.data && state.frame.isConnected && stale(state)) drawn(state)
        })
      })
      state.watch.observe(state.frame)
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
      for (const part of [state.frame, state.foot]) part.remove()
      states.delete(parentElement)
    }
  }
}

/** Makes `link` a real link to `query`, which is followed without loading the page anew. */
function leadTo(link, query, state) {
  link.setAttribute("href", `?${query}`)
  link.addEventListener("click", (event) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    state.send("follow", [query, state.data.here])
  })
}

function saveButton() {
  const save = document.createElement("button")
  save.type = "button"
  save.textContent = "Save as SVG"
  return save
}

/** Gives `picture` away as a file. */
function giveAway(picture, name) {
  const link = document.createElement("a")
  link.href = URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(picture)], { type: "image/svg+xml" }))
  link.download = `${name}.svg`
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 1000)
}

function shape(name, attributes) {
  const element = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
  return element
}
