"""Pictures: pure functions from frames to plotly figures, one file a picture."""
