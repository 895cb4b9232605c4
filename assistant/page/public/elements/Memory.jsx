// The memory in the side panel: the switch of the open chat, and the page of what is remembered. The
// page opens all that was ever beside the chat at once: the memory stays where it is the newest.
import { useEffect } from 'react'
import { useRecoilState } from 'recoil'
import { chatSettingsValueState, sideViewState, useChatInteract } from '@chainlit/react-client'

const TITLE = 'Memory'

function Switch({ name }) {
  const [settings, setSettings] = useRecoilState(chatSettingsValueState)
  const { updateChatSettings } = useChatInteract()
  const isOn = settings[name] !== 'off'

  function turn() {
    const changed = { ...settings, [name]: isOn ? 'off' : 'on' }
    updateChatSettings(changed)
    setSettings(changed)
  }

  return (
    <div className="memory-switch">
      <span role="status" data-testid="memory-state">
        {isOn
          ? 'The memory is on in this chat.'
          : 'The memory is off in this chat: nothing is kept or recalled.'}
      </span>
      <button type="button" onClick={turn}>{isOn ? 'Switch off' : 'Switch on'}</button>
    </div>
  )
}

export default function Memory() {
  const [panel, setPanel] = useRecoilState(sideViewState)
  const newest = panel?.elements[panel.elements.length - 1]
  const isShown = newest?.props.opened === props.opened

  useEffect(() => {
    if (isShown && (panel.elements.length > 1 || panel.title !== TITLE)) {
      setPanel({ title: TITLE, elements: [newest] })
    }
  }, [panel, isShown, newest, setPanel])

  if (!isShown) return null
  return (
    <div className="memory">
      {props.switch && <Switch name={props.switch} />}
      <iframe className="source" data-testid="memory" title="What I remember of you" src={props.address} />
    </div>
  )
}
