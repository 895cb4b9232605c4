// The memory panel: sends its forms without leaving the page, and follows what changes elsewhere.
// What is shown is always what the server has written, escaped there.
const EVERY_MS = 3000
const TYPING_MS = 200
const FAILED = 'Nothing was changed: see that the assistant runs, and that you are still logged in.'

let latest = 0
let typing = 0

const main = () => document.querySelector('main')
const first = (fact) => fact?.querySelector('.edit summary')
const isBusy = () => document.querySelector('.edit[open], .confirm[open]') !== null

function tell(sentence) {
  const note = document.createElement('p')
  note.className = 'note alert'
  note.setAttribute('role', 'alert')
  note.textContent = sentence
  main().querySelector('.note')?.remove()
  main().prepend(note)
}

function localise() {
  for (const time of document.querySelectorAll('time')) {
    const at = new Date(time.dateTime)
    time.textContent = at.toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' })
  }
}

// Shows what an address answers, unless something newer was asked for meanwhile.
async function load(address, options) {
  const own = ++latest
  let answer
  try {
    answer = await fetch(address, options)
  } catch {
    return tell(FAILED)
  }
  if (!answer.headers.get('content-type')?.startsWith('text/html')) return tell(FAILED)
  const text = await answer.text()
  if (own !== latest) return
  const opened = [...document.querySelectorAll('.history[open]')].map((one) => one.closest('.fact').id)
  const focused = document.activeElement.closest('.fact')?.id
  main().replaceWith(new DOMParser().parseFromString(text, 'text/html').querySelector('main'))
  for (const id of opened) document.getElementById(id)?.querySelector('.history')?.setAttribute('open', '')
  if (focused) first(document.getElementById(focused))?.focus()
  localise()
}

async function send(form) {
  const place = [...document.querySelectorAll('.fact')].indexOf(form.closest('.fact'))
  const body = new URLSearchParams(new FormData(form))
  for (const button of form.querySelectorAll('button')) button.disabled = true
  await load(form.action, { method: 'POST', body })
  for (const button of form.querySelectorAll('button')) button.disabled = false // where it failed
  const facts = document.querySelectorAll('.fact')
  const next =
    document.querySelector('.edit[open] textarea') ??
    first(document.querySelector('.cited') ?? facts[Math.min(place, facts.length - 1)])
  const target = next ?? document.querySelector('input')
  target.focus()
}

document.addEventListener('submit', (event) => {
  event.preventDefault()
  if (event.target.method === 'post') send(event.target)
})

document.addEventListener('input', ({ target }) => {
  if (target.name !== 'q') return
  clearTimeout(typing)
  typing = setTimeout(() => {
    const asked = target.value.trim() ? `?${new URLSearchParams({ q: target.value.trim() })}` : ''
    history.replaceState(null, '', `/memory${asked}`)
    load(window.location.href)
  }, TYPING_MS)
})

document.addEventListener(
  'toggle',
  ({ target }) => {
    if (!target.open || !target.matches('.edit')) return
    for (const other of document.querySelectorAll('.edit[open]')) other.open = other === target
    const typed = target.querySelector('textarea')
    typed.focus()
    typed.setSelectionRange(typed.value.length, typed.value.length)
  },
  true
)

function cancel(opened) {
  opened.querySelector('form').reset()
  opened.open = false
  opened.querySelector('summary').focus()
}

document.addEventListener('click', ({ target }) => {
  if (target.matches('.cancel')) cancel(target.closest('details'))
})

document.addEventListener('keydown', (event) => {
  const opened = event.target.closest('.edit[open], .confirm[open]')
  if (event.key === 'Escape' && opened) {
    cancel(opened)
  } else if (event.key === 'Enter' && !event.shiftKey && event.target.matches('textarea')) {
    event.preventDefault()
    event.target.form.requestSubmit()
  }
})

setInterval(async () => {
  if (document.hidden || isBusy()) return
  const answer = await fetch('/memory/version').catch(() => null)
  const version = answer?.ok ? await answer.text() : main().dataset.version
  if (version !== main().dataset.version && !isBusy()) load(window.location.href)
}, EVERY_MS)

localise()
