"""Keeps every dependency off the network: no telemetry, no look-ups, no downloads.

Called by each face before anything heavy is imported; child processes inherit it.
"""

import os

ENVIRONMENT = {
    "ANONYMIZED_TELEMETRY": "False",
    "AUTO_DOWNLOAD_NLTK": "false",
    "DO_NOT_TRACK": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_OFFLINE": "1",
    "LANGSMITH_TRACING": "false",
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "LITELLM_TELEMETRY": "False",
    # OpenTelemetry's default batch delay is 5 s; a score should be seen within one.
    "OTEL_BSP_SCHEDULE_DELAY": "500",
    # Spinning OpenMP threads would starve the event loop of a two-core machine.
    "OMP_WAIT_POLICY": "passive",
    "SCARF_NO_ANALYTICS": "true",
    "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false",
    "TOKENIZERS_PARALLELISM": "false",
    "TRACELOOP_TELEMETRY": "FALSE",
    "TRANSFORMERS_OFFLINE": "1",
    "UNSTRUCTURED_DISABLE_NOTICE": "1",
}


def stay_offline() -> None:
    """Sets the environment that the dependencies read; what a person has set stays."""
    for name, value in ENVIRONMENT.items():
        os.environ.setdefault(name, value)
