// A row of real links: followed in place by a plain click, like any link otherwise
// (new tab, copy address). Labels are set as text, never as markup.

const settings = new WeakMap()

export default function linkBar({ parentElement, data, setTriggerValue }) {
  let bar = parentElement.querySelector("nav")
  if (!bar) {
    bar = document.createElement("nav")
    parentElement.append(bar)
  }
  bar.setAttribute("aria-label", data.name)
  bar.className = data.look
  const written = JSON.stringify({ ...data, here: "" })
  settings.set(bar, { send: setTriggerValue, here: data.here })
  if (bar.dataset.written === written) return
  bar.dataset.written = written
  bar.replaceChildren(...data.links.map((link, position) => anchor(bar, link, position === data.current)))
}

function anchor(bar, link, isCurrent) {
  const element = document.createElement("a")
  element.textContent = link.label
  element.href = `?${link.query}`
  if (link.brand) element.className = "brand"
  if (isCurrent) element.setAttribute("aria-current", "page")
  element.addEventListener("click", (event) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    const { send, here } = settings.get(bar)
    send("follow", [link.query, here])
  })
  return element
}
