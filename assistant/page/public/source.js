// The source viewer: takes on the chat's theme and brings the highlight into sight.
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

window.addEventListener('load', () => {
  document.getElementById('cited')?.scrollIntoView({ block: 'center' })
})

window.addEventListener('keydown', (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return
  const rel = { ArrowLeft: 'prev', ArrowRight: 'next' }[event.key]
  if (rel) document.querySelector(`a[rel=${rel}]`)?.click()
})
