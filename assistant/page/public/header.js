// Buttons in the page's header: what is remembered of the person, and the open chat as a file.
const TRIES = 15
const AGAIN_MS = 1000
const ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 24 24" fill="none" ' +
  'stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">'
const ICONS = {
  'open-memory':
    '<path d="M12 5a3 3 0 1 0-5.997.125 4 4 0 0 0-2.526 5.77 4 4 0 0 0 .556 6.588A4 4 0 1 0 12 18Z"/>' +
    '<path d="M12 5a3 3 0 1 1 5.997.125 4 4 0 0 1 2.526 5.77 4 4 0 0 1-.556 6.588A4 4 0 1 1 12 18Z"/>' +
    '<path d="M15 13a4.5 4.5 0 0 1-3-4 4.5 4.5 0 0 1-3 4"/>',
  'export-chat': '<path d="M21 15v4a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2v-4"/><path d="m7 10 5 5 5-5"/><path d="M12 15V3"/>'
}

function make(tag, id, label) {
  const button = document.createElement(tag)
  button.id = id
  button.className = 'header-button'
  button.title = label
  button.setAttribute('aria-label', label)
  button.innerHTML = ICON + ICONS[id] + '</svg>'
  return button
}

// The page passes on to its server what is said to its window, once it is connected.
function openMemory(nTries) {
  if (nTries === 0 || document.querySelector('.memory')) return
  window.postMessage('open-memory', window.location.origin)
  setTimeout(() => openMemory(nTries - 1), AGAIN_MS)
}

function makeMemory() {
  const button = make('button', 'open-memory', 'What I remember of you')
  button.type = 'button'
  button.addEventListener('click', () => openMemory(TRIES))
  return button
}

function place() {
  const buttons = document.getElementById('header')?.lastElementChild
  if (!buttons) return
  const memory = document.getElementById('open-memory') ?? makeMemory()
  if (memory.parentElement !== buttons) buttons.prepend(memory)

  const chat = /^\/thread\/([^/]+)/.exec(window.location.pathname)?.[1]
  let link = document.getElementById('export-chat')
  if (!chat) return link?.remove()
  link ??= make('a', 'export-chat', 'Export this chat as Markdown')
  const address = `/chats/${chat}/export.md`
  if (link.getAttribute('href') !== address) link.setAttribute('href', address)
  if (link.parentElement !== buttons) buttons.prepend(link)
}

new MutationObserver(place).observe(document, { childList: true, subtree: true })
