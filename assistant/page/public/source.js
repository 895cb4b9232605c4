// The source viewer: brings the highlight into sight, and turns pages by the arrow keys.
window.addEventListener('load', () => {
  document.getElementById('cited')?.scrollIntoView({ block: 'center' })
})

window.addEventListener('keydown', (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return
  const rel = { ArrowLeft: 'prev', ArrowRight: 'next' }[event.key]
  if (rel) document.querySelector(`a[rel=${rel}]`)?.click()
})
