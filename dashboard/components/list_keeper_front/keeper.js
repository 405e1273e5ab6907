// Keeps the reading list of a corpus in the browser. The server says what is on it now;
// what another tab or an earlier visit put there is told to the server, which merges both.

const PLACE = "topic-explorer:reading-list:"
const states = new WeakMap()

export default function keeper({ parentElement, data, setTriggerValue }) {
  let state = states.get(parentElement)
  if (!state) {
    state = {}
    state.watch = (event) => {
      if (event.key === PLACE + state.data.corpus) settle(state)
    }
    addEventListener("storage", state.watch)
    states.set(parentElement, state)
  }
  state.data = data
  state.send = setTriggerValue
  settle(state)
  return () => {
    removeEventListener("storage", state.watch)
    states.delete(parentElement)
  }
}

/**
 * What both sides last agreed on, for each session of the server and each corpus. It tells
 * which side has changed since, and outlives the element, which a change of page may replace.
 */
const agreements = (globalThis.topicExplorerLists ??= new Map())

function settle({ data, send }) {
  const [said, kept] = [data.papers, read(data.corpus)]
  if (kept === null) return
  const about = `${data.session} ${data.corpus}`
  const agreed = agreements.get(about) ?? []
  if (same(kept, said) || same(kept, agreed)) {
    if (!same(kept, said) && !write(data.corpus, said)) return
    agreements.set(about, said)
    return
  }
  agreements.set(about, kept)
  send("kept", { corpus: data.corpus, agreed, papers: kept })
}

function same(these, those) {
  return these.length === those.length && these.every((paper, i) => paper === those[i])
}

/** The list in the browser, or null where the browser keeps nothing for us. */
function read(corpus) {
  try {
    const written = localStorage.getItem(PLACE + corpus)
    const papers = written ? JSON.parse(written) : []
    return Array.isArray(papers) ? papers.filter((paper) => typeof paper === "string") : []
  } catch (error) {
    return error instanceof SyntaxError ? [] : null
  }
}

function write(corpus, papers) {
  try {
    if (papers.length) localStorage.setItem(PLACE + corpus, JSON.stringify(papers))
    else localStorage.removeItem(PLACE + corpus)
    return true
  } catch {
    return false // no room, or not allowed: the list lasts as long as the page
  }
}
