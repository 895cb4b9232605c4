// The three scores of an answer as chips. A score that could not be computed says so.
function tone(score) {
  if (score === null) return 'missing'
  return score >= 0.7 ? 'high' : score >= 0.4 ? 'middle' : 'low'
}

export default function Scores() {
  return (
    <div className="scores" data-testid="scores">
      {props.chips.map(({ name, score, meaning }) => (
        <span
          key={name}
          title={meaning}
          data-testid={name.replace(' ', '-')}
          className={'score score-' + tone(score)}
        >
          {name} {score === null ? 'not scored' : score.toFixed(2)}
        </span>
      ))}
    </div>
  )
}
