// A button in the page's header that saves the open conversation as a Markdown file.
const LABEL = 'Export this chat as Markdown'
const ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 24 24" fill="none" ' +
  'stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">' +
  '<path d="M21 15v4a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2v-4"/><path d="m7 10 5 5 5-5"/><path d="M12 15V3"/></svg>'

function place() {
  const chat = /^\/thread\/([^/]+)/.exec(window.location.pathname)?.[1]
  const header = document.getElementById('header')
  let link = document.getElementById('export-chat')
  if (!chat || !header) return link?.remove()
  if (!link) {
    link = document.createElement('a')
    link.id = 'export-chat'
    link.title = LABEL
    link.setAttribute('aria-label', LABEL)
    link.innerHTML = ICON
  }
  const address = `/chats/${chat}/export.md`
  if (link.getAttribute('href') !== address) link.setAttribute('href', address)
  const buttons = header.lastElementChild
  if (link.parentElement !== buttons) buttons.prepend(link)
}

new MutationObserver(place).observe(document, { childList: true, subtree: true })
