// Keeps the address of the page one was at while one signs in elsewhere; the server leads back to it.
// A cookie, because it must reach the server with the answer of the provider.

const SECONDS = 900
const LONGEST = 3000

export default function keepReturn({ data }) {
  const kept = encodeURIComponent(location.search.slice(1))
  if (kept.length > LONGEST) return
  const secure = location.protocol === "https:" ? "; Secure" : ""
  document.cookie = `${data.cookie}=${kept}; Max-Age=${SECONDS}; Path=/; SameSite=Lax${secure}`
}
