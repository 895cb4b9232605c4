// A part of an answer, below its text. What a part says is data: it only ever becomes text nodes.
function Gauge({ label, value, low, high }) {
  return (
    <div className="part gauge">
      <span className="part-label">{label}</span>
      <span className="scale">
        {low && <span className="part-quiet">{low}</span>}
        <Bar share={value} label={label} />
        {high && <span className="part-quiet">{high}</span>}
        <span className="part-number">{value > 0.995 && value < 1 ? '> 0.99' : value.toFixed(2)}</span>
      </span>
    </div>
  )
}

function Advance({ label, n_done, n_total }) {
  return (
    <div className="part gauge">
      <span className="part-label">{label}</span>
      <span className="scale">
        <Bar share={n_total ? Math.min(1, n_done / n_total) : 0} label={label} />
        <span className="part-number">
          {n_done.toLocaleString('en')} of {n_total.toLocaleString('en')}
        </span>
      </span>
    </div>
  )
}

function Bar({ share, label }) {
  return (
    <span className="bar" role="meter" aria-label={label} aria-valuemin={0} aria-valuemax={1} aria-valuenow={share}>
      <span style={{ width: 100 * share + '%' }} />
    </span>
  )
}

function WeighedText({ pieces }) {
  return (
    <div className="part weighed-text">
      {pieces.map(({ text, weight }, i) =>
        weight === 0 ? (
          text
        ) : (
          <span
            key={i}
            className={weight > 0 ? 'for' : 'against'}
            style={{ '--strength': Math.abs(weight) }}
            title={`weighs ${weight.toFixed(2)} ${weight > 0 ? 'for' : 'against'}`}
          >
            {text}
          </span>
        )
      )}
    </div>
  )
}

function Table({ columns, rows, note }) {
  return (
    <div className="part">
      <div className="part-table" tabIndex={0} role="region" aria-label={columns.join(', ')}>
        <table>
          <thead>
            <tr>{columns.map((name, i) => <th key={i}>{name}</th>)}</tr>
          </thead>
          <tbody>
            {rows.map((row, i) => (
              <tr key={i}>
                {row.map((cell, j) => (
                  <td key={j} className={cell.length <= 24 ? 'short' : ''}>{cell}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {note && <div className="part-quiet">{note}</div>}
    </div>
  )
}

function Histogram({ title, counts, low, high }) {
  const most = Math.max(1, ...counts)
  const edge = (i) => (i / counts.length).toFixed(2)
  return (
    <div className="part histogram">
      <div className="part-label">{title}</div>
      <div className="bins">
        {counts.map((count, i) => (
          <span key={i} className="bin" title={`${edge(i)}–${edge(i + 1)}: ${count.toLocaleString('en')}`}>
            <span style={{ height: (100 * count) / most + '%' }} />
          </span>
        ))}
      </div>
      <div className="ends part-quiet">
        <span>0 {low}</span>
        <span>{high} 1</span>
      </div>
    </div>
  )
}

// What each plugin has of what the model sees, and what was left out of it.
function Budget({ shares, budget_tokens, dropped }) {
  const count = (n) => n.toLocaleString('en')
  return (
    <div className="part budget">
      {shares.map(({ plugin, n_gathered, n_kept, n_tokens, budget_tokens: own }) => {
        const most = own ?? budget_tokens
        return (
          <div key={plugin} className="budget-row">
            <span className="part-label">{plugin}</span>
            <Bar share={most ? Math.min(1, n_tokens / most) : 0} label={`${plugin}: tokens of its budget`} />
            <span className="part-number">
              {count(n_tokens)} of {count(most)} tokens{own === null ? '' : ' of its own'}
            </span>
            <span className="part-quiet part-number">
              {n_kept} of {n_gathered} passages
            </span>
          </div>
        )
      })}
      {dropped.length > 0 && (
        <div className="budget-dropped">
          <div className="part-label">Left out</div>
          <ul>
            {dropped.map(({ place, reason, n_tokens }, i) => (
              <li key={i}>
                {place}, {count(n_tokens)} tokens: <span className="part-quiet">{reason}</span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  )
}

const KINDS = { Gauge, Advance, WeighedText, Table, Histogram, Budget }

export default function Part() {
  const Drawn = KINDS[props.kind]
  return (
    <div data-testid={'part-' + props.kind}>
      <Drawn {...props} />
    </div>
  )
}
