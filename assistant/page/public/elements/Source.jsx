// A cited source in the side panel. A new answer makes the page open the sources of the whole chat
// at once: the first one of the newest answer stays, and each mark opens its own.
import { useEffect } from 'react'
import { useRecoilState } from 'recoil'
import { sideViewState } from '@chainlit/react-client'

function firstOfNewest(elements) {
  const newest = elements[elements.length - 1]
  return elements
    .filter((element) => element.forId === newest.forId && element.props.url)
    .sort((one, other) => one.props.n - other.props.n)[0]
}

export default function Source() {
  const [panel, setPanel] = useRecoilState(sideViewState)
  const shown = panel && firstOfNewest(panel.elements)
  const title = shown && `Source ${shown.name}`

  useEffect(() => {
    if (shown && (panel.elements.length > 1 || panel.title !== title)) {
      setPanel({ title, elements: [shown] })
    }
  }, [panel, shown, title, setPanel])

  if (!shown || shown.props.url !== props.url) return null
  return <iframe className="source" data-testid="source" title={props.title} src={props.url} />
}
