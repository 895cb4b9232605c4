// Has a page that is shown beside the chat, or alone in a tab, take on the chat's theme.
const root = document.documentElement

function theme() {
  const chat = window.parent === window ? null : window.parent.document.documentElement
  if (chat) return chat.classList.contains('dark') ? 'dark' : 'light'
  return localStorage.getItem('vite-ui-theme') // "system" leaves it to the browser
}

function dress() {
  root.classList.remove('light', 'dark')
  root.classList.add(theme() ?? 'system')
}

dress()
if (window.parent !== window) {
  new MutationObserver(dress).observe(window.parent.document.documentElement, {
    attributeFilter: ['class']
  })
}
