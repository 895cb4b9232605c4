"""The dashboard's page on the quality of answers: over time, worst first, by what, against thumbs.

Streamlit runs this file on every look. What people and documents say is shown in cells, as text.
"""

import os
from datetime import UTC, datetime, timedelta
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st
from trulens.dashboard.utils.dashboard_utils import get_session

from evals.dashboard import CHAT_ADDRESS
from evals.quality import SCORES, by, drifts, interval, over_time, read_answers, thumbs, worst
from evals.records import THUMB

PERIODS = {"7 days": 7, "30 days": 30, "90 days": 90, "all": None}
GROUPS = {
    "plugin": "plugin",
    "document": "sources",
    "user": "user",
    "version": "version",
    "model": "model",
}
FILTERS = ("version", "plugin", "user")
N_WORST = 100
FRESH_SECONDS = 15
HOURLY_DAYS = 3
"""Of so many days there is a point for each hour."""


@st.cache_data(ttl=FRESH_SECONDS, show_spinner="Reading the records …")
def load(address: str) -> pd.DataFrame:
    """The answers, read anew at most every few seconds."""
    return read_answers(address)


def main() -> None:
    """Draws the page."""
    st.title("Quality")
    engine = get_session().connector.db.engine
    answers = load(engine.url.render_as_string(hide_password=False))
    if answers.empty:
        st.info("There are no answers yet: ask something in the chat, or with `assistant ask`.")
        return
    now = datetime.now(UTC).replace(tzinfo=None)
    alarm(answers, now)
    chosen = choose(answers, now)
    if chosen.empty:
        st.info("No answer fits: choose a longer period or fewer filters.")
        return
    figures(chosen)
    timeline(chosen)
    st.subheader("Worst answers first")
    worst_first(chosen)
    st.subheader("By")
    group = st.segmented_control("By", list(GROUPS), default="plugin", label_visibility="collapsed")
    table(by(chosen, GROUPS[group or "plugin"]))
    st.subheader("Thumbs against scores")
    against_thumbs(chosen)


def alarm(answers: pd.DataFrame, now: datetime) -> None:
    """Says what has fallen lately."""
    for drift in drifts(answers, now):
        st.error(drift.sentence, icon=":material/trending_down:")


def choose(answers: pd.DataFrame, now: datetime) -> pd.DataFrame:
    """The answers of the period and the filters that are chosen."""
    columns = st.columns(1 + len(FILTERS))
    period = columns[0].selectbox("Period", list(PERIODS), index=1)
    days = PERIODS[period]
    if days is not None:
        answers = answers[answers["at"] >= now - timedelta(days=days)]
    for column, name in zip(columns[1:], FILTERS, strict=True):
        values = column.multiselect(name.capitalize(), sorted(answers[name].dropna().unique()))
        if values:
            answers = answers[answers[name].isin(values)]
    return answers


def figures(answers: pd.DataFrame) -> None:
    """How many answers, how good with its 95 % interval, how liked, how fast, how dear."""
    columns = st.columns(len(SCORES) + 4)
    columns[0].metric("Answers", f"{len(answers):,}")
    for column, score in zip(columns[1:], SCORES, strict=False):
        mean, low, high, n = interval(answers[score])
        column.metric(score, f"{mean:.2f}" if n else "not scored")
        column.caption(f"{low:.2f} to {high:.2f} of {n:,}" if n else "no answer")
    rated = answers[THUMB].dropna()
    columns[-3].metric("Thumbs up", f"{rated.mean():.0%}" if len(rated) else "none")
    columns[-3].caption(f"of {len(rated):,}")
    columns[-2].metric("Seconds", f"{answers['seconds'].median():.2f}")
    columns[-2].caption(f"{answers['seconds'].quantile(0.95):.2f} at p95")
    cost = answers["cost_usd"].sum()
    columns[-1].metric("Cost", f"${cost:,.2f}")
    columns[-1].caption(f"{int(answers['tokens'].sum()):,} tokens")


def timeline(answers: pd.DataFrame) -> None:
    """The means over time, each with its 95 % interval."""
    span = answers["at"].max() - answers["at"].min()
    means = over_time(answers, "h" if span < timedelta(days=HOURLY_DAYS) else "D")
    if means.empty:
        return
    base = alt.Chart(means).encode(
        x=alt.X("at:T", title=None),
        color=alt.Color("score:N", title=None, legend=alt.Legend(orient="top")),
    )
    band = base.mark_area(opacity=0.2).encode(
        y=alt.Y("low:Q", title=None, scale=alt.Scale(domain=[0, 1])), y2="high:Q"
    )
    line = base.mark_line(point=True).encode(
        y="mean:Q",
        tooltip=["at:T", "score:N", alt.Tooltip("mean:Q", format=".3f"), "n:Q"],
    )
    st.altair_chart(band + line, width="stretch")
    st.caption("Means of a day, or of an hour where there are few days, with their 95 % intervals.")


def worst_first(answers: pd.DataFrame) -> None:
    """The answers that were marked down or score lowest, each with its conversation."""
    listed = worst(answers, N_WORST)
    chat = os.environ.get(CHAT_ADDRESS, "")
    shown = pd.DataFrame(
        {
            "conversation": [
                f"{chat}/thread/{session}" if chat and session else None
                for session in listed["session"]
            ],
            "question": listed["question"],
            "answer": listed["answer"],
            "thumb": listed[THUMB].map({1.0: "up", 0.0: "down"}),
            **{score: listed[score] for score in SCORES},
            "plugin": listed["plugin"],
            "documents": listed["sources"],
            "user": listed["user"],
            "at": listed["at"],
            "record": listed["id"],
        }
    )
    st.dataframe(
        shown,
        hide_index=True,
        column_config={
            "conversation": st.column_config.LinkColumn(display_text="open"),
            "at": st.column_config.DatetimeColumn(format="localized"),
            **scores(),
        },
    )
    st.caption(
        "Thumbs down first, then the lowest of the three scores. The steps of an answer are on the "
        "page Records, where its record is found by its id."
    )


def against_thumbs(answers: pd.DataFrame) -> None:
    """Whether the scores agree with what people think."""
    if not answers[THUMB].notna().any():
        st.info("Nobody has given a thumb yet.")
        return
    table(thumbs(answers))
    st.caption(
        "Agreement: how often an answer with a thumb up scores higher than one with a thumb down; "
        "0.5 is chance."
    )


def table(rows: pd.DataFrame) -> None:
    """A table whose figures have two digits."""
    digits = dict.fromkeys(
        rows.select_dtypes("float"), st.column_config.NumberColumn(format="%.2f")
    )
    st.dataframe(rows, hide_index=True, column_config={**digits, **scores()})


def scores() -> dict[str, Any]:
    """How a column of scores is shown."""
    return dict.fromkeys(
        SCORES, st.column_config.ProgressColumn(min_value=0.0, max_value=1.0, format="%.2f")
    )


main()
