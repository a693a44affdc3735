"""KPI reports that prove themselves: figures, the inputs they were told from, the methods, and a signature over all."""
